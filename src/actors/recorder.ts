import { v7 as uuid } from 'uuid';
import type { AnomalyEvent, Place, Severity } from '../event.js';
import type { Zones } from '../zones.js';
import { toAnomalyEvent } from '../scoring/anomaly-event.js';
import type { Episode, EpisodeChange, EpisodeScore } from '../scoring/episode.js';
import { toFaultEvent, type PictureFault } from '../scoring/picture-fault.js';
import { spawnActor, type Actor } from './actor.js';
import type { Child } from './supervisor.js';

/** A change of an episode worth storing while it goes on: smaller rises of the peak wait for the end. */
const PEAK_STEP = 0.05;
/** Episodes of one camera that may wait for the disk; each is one message however often it changed. */
const MAX_WAITING_EPISODES = 1_000;

export interface RecorderOptions {
  camera: { id: string; name: string; zones: Zones };
  threshold: number;
  /** The graphs that the camera's scores come from. */
  models: () => { name: string; sha256: string }[];
  /** Saves the picture of the peak, also with its place marked if that is known; false without one. Never throws. */
  saveSnapshot: (eventId: string, peakPtsUs: number, place: Place | undefined) => Promise<boolean>;
  /** Resolves when the event is durable. */
  append: (event: AnomalyEvent) => Promise<void>;
  /** Hears of each durable state; `rose` when it is new or more severe than before. */
  onDurable: (event: AnomalyEvent, rose: boolean) => void;
}

interface EpisodeUpdate {
  eventId: string;
  /** What is wrong with the picture; undefined when it is something in the picture. */
  fault: PictureFault | undefined;
  episode: Episode;
  ended: boolean;
}

/** What was stored last of an event that is still open. */
interface Stored {
  peakPtsUs: number;
  /** The score of the frame whose picture is stored; null when there is none. */
  pictured: EpisodeScore | null;
  severity: Severity;
}

/** Turns one camera's episodes into stored events: picture first, then the event, then whoever wants to know. */
export class Recorder {
  readonly #options: RecorderOptions;
  #actor: Actor<EpisodeUpdate> | null = null;
  /** By label. A fault can begin before an episode has ended. */
  readonly #open = new Map<string, { eventId: string; recordedPeak: number }>();

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

  /** Takes a change of the camera's episode, or of a fault of its picture; never blocks. */
  change({ type, episode, fault }: EpisodeChange & { fault?: PictureFault }): void {
    const label = fault ?? 'anomaly';
    const score = episode.peak.anomalyScore;
    if (type === 'opened') this.#open.set(label, { eventId: uuid(), recordedPeak: score });
    const open = this.#open.get(label);
    if (open === undefined) return;
    if (type === 'peaked' && score - open.recordedPeak < PEAK_STEP) return;
    open.recordedPeak = score;
    this.#actor?.cast({ eventId: open.eventId, fault, episode, ended: type === 'ended' });
    if (type === 'ended') this.#open.delete(label);
  }
}

async function record(
  options: RecorderOptions,
  stored: Map<string, Stored>,
  { eventId, fault, episode, ended }: EpisodeUpdate,
): Promise<Map<string, Stored>> {
  const before = stored.get(eventId);
  const { peak } = episode;
  // At the end the frame of a small last rise of the peak is long gone; the picture is that of the step before.
  const isNewPeak = before === undefined || (!ended && before.peakPtsUs !== peak.ptsUs);
  const saved = isNewPeak && (await options.saveSnapshot(eventId, peak.ptsUs, peak.place));
  const pictured = saved ? peak : (before?.pictured ?? null);
  const context = {
    id: eventId,
    camera: options.camera,
    threshold: options.threshold,
    ended,
    pictured,
    models: options.models(),
  };
  const event =
    fault === undefined ? toAnomalyEvent(episode, context) : toFaultEvent(fault, episode, context);
  await options.append(event);
  options.onDurable(event, before?.severity !== event.severity);
  if (ended) stored.delete(eventId);
  else stored.set(eventId, { peakPtsUs: peak.ptsUs, pictured, severity: event.severity });
  return stored;
}
