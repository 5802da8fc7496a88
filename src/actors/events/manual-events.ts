import { v7 as uuid } from 'uuid';
import type { Clock } from '../../clock.js';
import { AppError } from '../../errors.js';
import type { AnomalyEvent, Severity } from '../../event.js';
import type { RecordedClip } from '../../protocol/camera.js';
import { MS_PER_S } from '../../units.js';
import { Idempotency } from './idempotency.js';

/** An event as somebody reports it. Times are Unix seconds. */
export interface ManualEvent {
  camera: string;
  label: string;
  severity: Severity;
  /** Now, when absent. */
  start_time?: number | undefined;
  /** The start, when absent: it marks a moment. */
  end_time?: number | undefined;
  summary?: string | undefined;
  data: AnomalyEvent['data'];
}

export interface ManualEventsOptions {
  clock: Clock;
  /** Undefined when there is no such camera. */
  cameraOf: (id: string) => { name: string; threshold: number } | undefined;
  /** Saves the camera's newest picture for the event; false without one. Never throws. */
  savePicture: (camera: string, eventId: string) => Promise<boolean>;
  /** Why nothing can be stored at present; null when it can. */
  failure: () => AppError | null;
  /** Resolves when the event is durable. */
  store: (event: AnomalyEvent) => Promise<void>;
  /** Hears of each event once it is durable. */
  onDurable: (event: AnomalyEvent) => void;
  /** Makes a clip of what the camera shows around now. Null when it comes to nothing, at once when none is begun. */
  recordClip: (camera: string, eventId: string) => Promise<RecordedClip | null> | null;
  /** Stores that the event has its clip. */
  onClip: (eventId: string, clip: RecordedClip) => Promise<unknown>;
  onFailure: (error: AppError) => void;
}

/** Clocks differ, but not by more. */
const AHEAD_MAX_S = 60;
/** What a camera shows now says nothing of what ended longer ago. */
const SHOWN_WITHIN_S = 30;

/** Events that people, or other systems, report. */
export class ManualEvents {
  readonly #options: ManualEventsOptions;
  readonly #repeats: Idempotency<AnomalyEvent>;

  constructor(options: ManualEventsOptions) {
    this.#options = options;
    this.#repeats = new Idempotency(options.clock);
  }

  /**
   * Stores an event in the name of `createdBy`; resolves when it is durable. The same `key` of the same person gives the
   * same event again; null for none. Throws `camera.not_found`, `request.invalid` naming the time that cannot be,
   * `request.key_reused`, and `store.*` while nothing can be stored.
   */
  async create(given: ManualEvent, createdBy: string, key: string | null): Promise<AnomalyEvent> {
    const make = () => this.#create(given, createdBy);
    if (key === null) return make();
    return this.#repeats.once(`${createdBy} ${key}`, JSON.stringify(given), make);
  }

  async #create(given: ManualEvent, createdBy: string): Promise<AnomalyEvent> {
    const { clock, cameraOf, savePicture, failure, store, onDurable } = this.#options;
    const camera = cameraOf(given.camera);
    if (camera === undefined)
      throw new AppError('camera.not_found', `there is no camera ${given.camera}`, { camera: given.camera });
    const refused = failure();
    if (refused !== null) throw refused;
    const now = clock.wallTime();
    const { start, end } = timesOf(given, now);
    const id = uuid({ msecs: Math.floor(start * MS_PER_S) });
    const isPresent = end >= now - SHOWN_WITHIN_S;
    const hasPicture = isPresent && (await savePicture(given.camera, id));
    const event: AnomalyEvent = {
      id,
      camera: given.camera,
      label: given.label,
      severity: given.severity,
      state: 'ended',
      start_time: start,
      end_time: end,
      // As with a fault of the picture: nothing was scored, and there is no doubt.
      top_score: 1,
      threshold: camera.threshold,
      verdict: 'unverified',
      summary: given.summary ?? `${camera.name}: ${given.label}, reported by ${createdBy}`,
      reasoning: `${createdBy} reported it; no model has looked at it.`,
      actions: ['alert'],
      has_snapshot: hasPicture,
      has_clip: false,
      kept: false,
      models: [],
      data: { ...given.data, ...(hasPicture && { peak_time: now }), source: 'manual', created_by: createdBy },
    };
    await store(event);
    onDurable(event);
    if (isPresent) void this.#addClip(event);
    return event;
  }

  /** It is told like any later state. Never rejects. */
  async #addClip({ id, camera }: AnomalyEvent): Promise<void> {
    const { recordClip, onClip, onFailure } = this.#options;
    try {
      const clip = await recordClip(camera, id);
      if (clip !== null) await onClip(id, clip);
    } catch (thrown) {
      onFailure(AppError.from(thrown));
    }
  }
}

function timesOf(
  { start_time: start, end_time: end }: ManualEvent,
  now: number,
): { start: number; end: number } {
  const latest = now + AHEAD_MAX_S;
  const begun = start ?? Math.min(now, end ?? now);
  const ended = end ?? begun;
  if (begun > latest) throw impossible('start_time', `is over ${AHEAD_MAX_S} s ahead of now, ${now}`);
  if (ended > latest) throw impossible('end_time', `is over ${AHEAD_MAX_S} s ahead of now, ${now}`);
  if (ended < begun) throw impossible('end_time', 'is before start_time');
  return { start: begun, end: ended };
}

function impossible(field: string, why: string): AppError {
  return new AppError('request.invalid', `${field}: ${why}`, { field });
}
