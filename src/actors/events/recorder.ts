import { v7 as uuid } from 'uuid';
import { assessed, isAlerted, type Assessment } from '../../decision/assessment.js';
import { severityRank, type AnomalyEvent, type Place, type Severity } from '../../event.js';
import type { RecordedClip } from '../../protocol/camera.js';
import type { Zones } from '../../zones.js';
import { toAnomalyEvent } from '../../scoring/anomaly-event.js';
import type { Episode, EpisodeChange, EpisodeScore } from '../../scoring/episode.js';
import { toFaultEvent, type PictureFault } from '../../scoring/picture-fault.js';
import { spawnActor, type Actor } from '../kernel/actor.js';
import type { Child } from '../kernel/supervisor.js';

/** A change of an episode worth storing while it goes on: smaller rises of the peak wait for the end. */
const PEAK_STEP = 0.05;
/** Messages of one camera that may wait for the disk: three an episode at most, however often it changed. */
const MAX_WAITING = 3_000;

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
  /**
   * Begins the event's clip at `startUs` of the stream. Resolves when that is on disk, to null when there is none,
   * within a bounded time after `endClip`; never rejects. Null at once when no clip is made.
   */
  beginClip: (eventId: string, startUs: number) => Promise<RecordedClip | null> | null;
  /** `lastUs` is the end of the event in the stream's time. */
  endClip: (eventId: string, lastUs: number) => void;
  /** Resolves when the event is durable; `isLast` when no other state of it follows. */
  append: (event: AnomalyEvent, isLast: boolean) => Promise<void>;
  /** Hears of each anomaly as it begins, and has to see to it that `assess` is called for it, a final time. */
  onCandidate: (candidate: Candidate) => void;
  /** Hears of each further high score of it, the last of `episode`, and of its end. */
  onHeld: (eventId: string, episode: Episode) => void;
  onEnded: (eventId: string) => void;
  /** Hears of each durable state. */
  onDurable: (event: AnomalyEvent, recorded: Recorded) => void;
  /** Hears of each message that is lost: too many wait, or the recorder is about to be started anew. */
  onDropped: () => void;
}

interface EpisodeUpdate {
  type: 'episode';
  eventId: string;
  /** What is wrong with the picture; undefined when it is something in the picture. */
  fault: PictureFault | undefined;
  episode: Episode;
  ended: boolean;
  /** A clip is made: its message follows. */
  hasClipComing: boolean;
}

type Message =
  | EpisodeUpdate
  | { type: 'assessed'; eventId: string; assessment: Assessment }
  /** The clip is over; null when it came to nothing. */
  | { type: 'clip'; eventId: string; clip: RecordedClip | null };

/** What is known of an event whose last state has not been stored yet. */
interface Known {
  update: EpisodeUpdate;
  /** The frame whose picture was asked for last. */
  peakPtsUs: number;
  /** The score of the frame whose picture is stored; null when there is none. */
  pictured: EpisodeScore | null;
  assessment: Assessment | null;
  /** Undefined while it is being made. */
  clip: RecordedClip | null | undefined;
  /** What people were told; null while they know nothing. */
  announced: Severity | null;
}

/**
 * Turns one camera's episodes into stored events: picture first, then the event, then whoever wants to know. People
 * hear of an anomaly once it is assessed, of a fault of the picture at once. The last state waits for the clip, which
 * goes on a little after the end; nobody else does.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  #actor: Actor<Message> | null = null;
  /** By label. A fault can begin before an episode has ended. */
  readonly #open = new Map<string, { eventId: string; recordedPeak: number; hasClipComing: boolean }>();

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
    if (type === 'opened') {
      const id = uuid();
      const hasClipComing = this.#beginClip(id, episode.start.ptsUs);
      this.#open.set(label, { eventId: id, recordedPeak: score, hasClipComing });
    }
    const open = this.#open.get(label);
    if (open === undefined) return;
    const { eventId, hasClipComing } = open;
    if (fault === undefined && (type === 'peaked' || type === 'held')) this.#options.onHeld(eventId, episode);
    if (type === 'held' || (type === 'peaked' && score - open.recordedPeak < PEAK_STEP)) return;
    open.recordedPeak = score;
    this.#cast({ type: 'episode', eventId, fault, episode, ended: type === 'ended', hasClipComing });
    if (type === 'ended') {
      this.#open.delete(label);
      this.#options.endClip(eventId, episode.last.ptsUs);
    }
    if (fault !== undefined) return;
    const { camera, threshold, onCandidate, onEnded } = this.#options;
    if (type === 'opened') onCandidate({ eventId, camera: camera.id, episode, threshold });
    if (type === 'ended') onEnded(eventId);
  }

  /** Takes what was made of an anomaly; a final assessment once, others before it. */
  assess(eventId: string, assessment: Assessment): void {
    this.#cast({ type: 'assessed', eventId, assessment });
  }

  #cast(message: Message): void {
    if (this.#actor?.cast(message) === 'dropped') this.#options.onDropped();
  }

  /** False when none is made. */
  #beginClip(eventId: string, startUs: number): boolean {
    const clip = this.#options.beginClip(eventId, startUs);
    void clip?.then((made) => {
      this.#cast({ type: 'clip', eventId, clip: made });
    });
    return clip !== null;
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
  const isWhole = known.clip !== undefined && (fault !== undefined || known.assessment?.final === true);
  const final = ended && isWhole;
  // A clip that came to nothing changes nothing of the event, unless the event waited for it.
  if (message.type === 'clip' && message.clip === null && !final) return events.set(event.id, known);
  await options.append(event, final);
  options.onDurable(event, { announce, final });
  if (final) events.delete(event.id);
  else events.set(event.id, { ...known, announced: announce ? event.severity : known.announced });
  return events;
}

/** Null for what belongs to an event that is not known: its camera's recorder was started anew meanwhile. */
async function merge(
  options: RecorderOptions,
  before: Known | undefined,
  message: Message,
): Promise<Known | null> {
  if (message.type === 'assessed')
    return before === undefined ? null : { ...before, assessment: message.assessment };
  if (message.type === 'clip') return before === undefined ? null : { ...before, clip: message.clip };
  const { eventId, episode, ended, hasClipComing } = message;
  const { peak } = episode;
  // At the end the frame of a small last rise of the peak is long gone; the picture is that of the step before.
  const isNewPeak = before === undefined || (!ended && before.peakPtsUs !== peak.ptsUs);
  const saved = isNewPeak && (await options.saveSnapshot(eventId, peak.ptsUs, peak.place));
  return {
    update: message,
    peakPtsUs: peak.ptsUs,
    pictured: saved ? peak : (before?.pictured ?? null),
    assessment: before?.assessment ?? null,
    clip: hasClipComing ? before?.clip : null,
    announced: before?.announced ?? null,
  };
}

function eventOf(options: RecorderOptions, known: Known): AnomalyEvent {
  const event = eventWithoutClip(options, known);
  if (known.clip === null || known.clip === undefined) return event;
  const { codec, seconds } = known.clip;
  return { ...event, has_clip: true, data: { ...event.data, clip_codec: codec, clip_seconds: seconds } };
}

function eventWithoutClip(options: RecorderOptions, { update, pictured, assessment }: Known): AnomalyEvent {
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
