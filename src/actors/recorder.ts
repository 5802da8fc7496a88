import { v7 as uuid } from 'uuid';
import type { AnomalyEvent, Severity } from '../event.js';
import { toAnomalyEvent } from '../scoring/anomaly-event.js';
import type { Episode, EpisodeChange } from '../scoring/episode.js';
import { spawnActor, type Actor } from './actor.js';
import type { Child } from './supervisor.js';

/** A change of an episode worth storing while it goes on: smaller rises of the peak wait for the end. */
const PEAK_STEP = 0.05;
/** Episodes of one camera that may wait for the disk; each is one message however often it changed. */
const MAX_WAITING_EPISODES = 1_000;

export interface RecorderOptions {
  camera: { id: string; name: string };
  threshold: number;
  model: () => { name: string; sha256: string } | null;
  /** Saves the picture of the episode's peak; false when there is none to save. Never throws. */
  saveSnapshot: (eventId: string, peakPtsUs: number) => Promise<boolean>;
  /** Resolves when the event is durable. */
  append: (event: AnomalyEvent) => Promise<void>;
  /** Hears of each durable state; `rose` when it is new or more severe than before. */
  onDurable: (event: AnomalyEvent, rose: boolean) => void;
}

interface EpisodeUpdate {
  eventId: string;
  episode: Episode;
  ended: boolean;
}

/** What was stored last of an event that is still open. */
interface Stored {
  peakPtsUs: number;
  hasSnapshot: boolean;
  severity: Severity;
}

/** Turns one camera's episodes into stored events: picture first, then the event, then whoever wants to know. */
export class Recorder {
  readonly #options: RecorderOptions;
  #actor: Actor<EpisodeUpdate> | null = null;
  #open: { eventId: string; recordedPeak: number } | null = null;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** For the supervisor; stopping stores what waits first. */
  start(): Promise<Child> {
    const actor = spawnActor<Map<string, Stored>, EpisodeUpdate>({
      name: `recorder:${this.#options.camera.id}`,
      // The newest state of an episode says all that the one it displaces said.
      mailbox: { capacity: MAX_WAITING_EPISODES, overflow: 'latestOnly', keyOf: (update) => update.eventId },
      initial: new Map(),
      receive: (stored, update) => record(this.#options, stored, update),
    });
    this.#actor = actor;
    return Promise.resolve({ exited: actor.exited, stop: () => actor.stop() });
  }

  /** Takes a change of the camera's episode; never blocks. */
  change({ type, episode }: EpisodeChange): void {
    const score = episode.peak.anomalyScore;
    if (type === 'opened') this.#open = { eventId: uuid(), recordedPeak: score };
    if (this.#open === null) return;
    if (type === 'peaked' && score - this.#open.recordedPeak < PEAK_STEP) return;
    this.#open.recordedPeak = score;
    this.#actor?.cast({ eventId: this.#open.eventId, episode, ended: type === 'ended' });
    if (type === 'ended') this.#open = null;
  }
}

async function record(
  options: RecorderOptions,
  stored: Map<string, Stored>,
  { eventId, episode, ended }: EpisodeUpdate,
): Promise<Map<string, Stored>> {
  const before = stored.get(eventId);
  const peakPtsUs = episode.peak.ptsUs;
  // At the end the frame of a small last rise of the peak is long gone; the picture is that of the step before.
  const isNewPeak = before === undefined || (!ended && before.peakPtsUs !== peakPtsUs);
  const saved = isNewPeak && (await options.saveSnapshot(eventId, peakPtsUs));
  const hasSnapshot = saved || before?.hasSnapshot === true;
  const event = toAnomalyEvent(episode, {
    id: eventId,
    cameraName: options.camera.name,
    threshold: options.threshold,
    ended,
    hasSnapshot,
    model: options.model(),
  });
  await options.append(event);
  options.onDurable(event, before?.severity !== event.severity);
  if (ended) stored.delete(eventId);
  else stored.set(eventId, { peakPtsUs, hasSnapshot, severity: event.severity });
  return stored;
}
