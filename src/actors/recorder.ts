import { v7 as uuid } from 'uuid';
import { assessed, isAlerted, type Assessment } from '../decision/assessment.js';
import { severityRank, type AnomalyEvent, type Place, type Severity } from '../event.js';
import type { Zones } from '../zones.js';
import { toAnomalyEvent } from '../scoring/anomaly-event.js';
import type { Episode, EpisodeChange, EpisodeScore } from '../scoring/episode.js';
import { toFaultEvent, type PictureFault } from '../scoring/picture-fault.js';
import { spawnActor, type Actor } from './actor.js';
import type { Child } from './supervisor.js';

/** A change of an episode worth storing while it goes on: smaller rises of the peak wait for the end. */
const PEAK_STEP = 0.05;
/** Messages of one camera that may wait for the disk: two an episode at most, however often it changed. */
const MAX_WAITING = 2_000;

/** An anomaly that has just begun: something for a VLM to look at. */
export interface Candidate {
  eventId: string;
  camera: string;
  /** As far as it is known: the peak may still rise. */
  episode: Episode;
  threshold: number;
}

/** What became of an event's state. */
export interface Recorded {
  /** People are to be told: it is assessed, worth it, and new to them or more severe than what they know. */
  announce: boolean;
  /** No other state follows. */
  final: boolean;
}

export interface RecorderOptions {
  camera: { id: string; name: string; zones: Zones };
  threshold: number;
  /** The graphs that the camera's scores come from. */
  models: () => { name: string; sha256: string }[];
  /** Saves the picture of the peak, also with its place marked if that is known; false without one. Never throws. */
  saveSnapshot: (eventId: string, peakPtsUs: number, place: Place | undefined) => Promise<boolean>;
  /** Resolves when the event is durable; `isLast` when no other state of it follows. */
  append: (event: AnomalyEvent, isLast: boolean) => Promise<void>;
  /** Hears of each anomaly as it begins, and has to see to it that `assess` is called for it, a final time. */
  onCandidate: (candidate: Candidate) => void;
  /** Hears of each durable state. */
  onDurable: (event: AnomalyEvent, recorded: Recorded) => void;
}

interface EpisodeUpdate {
  type: 'episode';
  eventId: string;
  /** What is wrong with the picture; undefined when it is something in the picture. */
  fault: PictureFault | undefined;
  episode: Episode;
  ended: boolean;
}

type Message = EpisodeUpdate | { type: 'assessed'; eventId: string; assessment: Assessment };

/** What is known of an event whose last state has not been stored yet. */
interface Known {
  update: EpisodeUpdate;
  /** The frame whose picture was asked for last. */
  peakPtsUs: number;
  /** The score of the frame whose picture is stored; null when there is none. */
  pictured: EpisodeScore | null;
  assessment: Assessment | null;
  /** What people were told; null while they know nothing. */
  announced: Severity | null;
}

/**
 * Turns one camera's episodes into stored events: picture first, then the event, then whoever wants to know. People
 * hear of an anomaly once it is assessed, of a fault of the picture at once.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  #actor: Actor<Message> | null = null;
  /** By label. A fault can begin before an episode has ended. */
  readonly #open = new Map<string, { eventId: string; recordedPeak: number }>();

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** For the supervisor; stopping stores what waits first. */
  start(): Promise<Child> {
    const actor = spawnActor<Map<string, Known>, Message>({
      name: `recorder:${this.#options.camera.id}`,
      // The newest state of an episode says all that the one it displaces said.
      mailbox: {
        capacity: MAX_WAITING,
        overflow: 'latestOnly',
        keyOf: ({ type, eventId }) => `${type}:${eventId}`,
      },
      initial: new Map(),
      receive: (events, message) => receive(this.#options, events, message),
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
    const { eventId } = open;
    if (type === 'peaked' && score - open.recordedPeak < PEAK_STEP) return;
    open.recordedPeak = score;
    this.#actor?.cast({ type: 'episode', eventId, fault, episode, ended: type === 'ended' });
    if (type === 'ended') this.#open.delete(label);
    if (type !== 'opened' || fault !== undefined) return;
    const { camera, threshold, onCandidate } = this.#options;
    onCandidate({ eventId, camera: camera.id, episode, threshold });
  }

  /** Takes what was made of an anomaly; a final assessment once, others before it. */
  assess(eventId: string, assessment: Assessment): void {
    this.#actor?.cast({ type: 'assessed', eventId, assessment });
  }
}

async function receive(
  options: RecorderOptions,
  events: Map<string, Known>,
  message: Message,
): Promise<Map<string, Known>> {
  const before = events.get(message.eventId);
  const known = await merge(options, before, message);
  if (known === null) return events;
  const event = eventOf(options, known);
  const { fault, ended } = known.update;
  const announce = isNews(event, known);
  const final = ended && (fault !== undefined || known.assessment?.final === true);
  await options.append(event, final);
  options.onDurable(event, { announce, final });
  if (final) events.delete(event.id);
  else events.set(event.id, { ...known, announced: announce ? event.severity : known.announced });
  return events;
}

/** Null for the assessment of an event that is not known: its camera's recorder was started anew meanwhile. */
async function merge(
  options: RecorderOptions,
  before: Known | undefined,
  message: Message,
): Promise<Known | null> {
  if (message.type === 'assessed')
    return before === undefined ? null : { ...before, assessment: message.assessment };
  const { eventId, episode, ended } = message;
  const { peak } = episode;
  // At the end the frame of a small last rise of the peak is long gone; the picture is that of the step before.
  const isNewPeak = before === undefined || (!ended && before.peakPtsUs !== peak.ptsUs);
  const saved = isNewPeak && (await options.saveSnapshot(eventId, peak.ptsUs, peak.place));
  return {
    update: message,
    peakPtsUs: peak.ptsUs,
    pictured: saved ? peak : (before?.pictured ?? null),
    assessment: before?.assessment ?? null,
    announced: before?.announced ?? null,
  };
}

function eventOf(options: RecorderOptions, { update, pictured, assessment }: Known): AnomalyEvent {
  const { eventId, fault, episode, ended } = update;
  const context = {
    id: eventId,
    camera: options.camera,
    threshold: options.threshold,
    ended,
    pictured,
    models: options.models(),
  };
  if (fault !== undefined) return toFaultEvent(fault, episode, context);
  const event = toAnomalyEvent(episode, context);
  return assessment === null ? event : assessed(event, assessment);
}

function isNews(event: AnomalyEvent, { update, assessment, announced }: Known): boolean {
  const isDue = update.fault !== undefined || (assessment !== null && isAlerted(event));
  return isDue && (announced === null || severityRank(event.severity) > severityRank(announced));
}
