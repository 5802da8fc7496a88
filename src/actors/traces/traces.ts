import { v7 as uuid } from 'uuid';
import type { Clock } from '../../clock.js';
import type { AppError } from '../../errors.js';
import type { Score } from '../../event.js';
import type { EpisodeState } from '../../scoring/episode.js';
import { summaryOf, type Trace, type TraceQuery, type TraceSummary, type UntimedStep } from '../../trace.js';
import { EventTraces } from './event-traces.js';
import { OpenTrace } from './open-trace.js';
import type { Child } from '../kernel/supervisor.js';
import { TraceSaver } from './trace-saver.js';

/** Milliseconds between stored traces of one camera that became nothing. */
const NOTHING_EVERY_MS = 5_000;
/** Scores of a camera that are remembered: more than lead into a trace at 5 a second. */
const RECENT_SCORES = 16;

/** What became of a camera's score: what its detector says after each reading, and when its stream is interrupted. */
export interface Observation {
  camera: string;
  threshold: number;
  phase: EpisodeState['phase'];
  /** Null when the picture could not be judged. */
  score: Score | null;
}

/** An anomaly that has just become an event. */
export interface Opened {
  eventId: string;
  threshold: number;
  episode: { start: Score; peak: Score };
}

export interface TracesOptions {
  clock: Clock;
  /** Resolves when the trace is stored. */
  save: (trace: Trace) => Promise<void>;
  load: (id: string) => Promise<Trace | null>;
  /** Newest first. */
  list: (query: TraceQuery) => Promise<TraceSummary[]>;
  /** Hears of the first of several failures in a row. */
  onFailure: (error: AppError) => void;
}

export interface TraceCounters {
  /** Being written, or stored. */
  open: number;
  stored: number;
  /** Became nothing and were not stored: their camera had another a moment before. */
  skipped: number;
  /** Stored before their event was decided on, to make room or because the process stopped. */
  cutShort: number;
  /** Not stored: the store refused, or too many were on their way to it. */
  dropped: number;
  /** Of traces that had too many. */
  stepsLost: number;
}

/** Who could become an event at a camera. */
interface Watched {
  recent: Score[];
  /** Reached the threshold, and may become nothing. */
  rising: OpenTrace | null;
  /** Of the event that goes on. */
  eventId: string | null;
  nothingStoredMs: number;
}

/**
 * Collects how each candidate was decided on, in memory until that is over, then in the store. A crash loses the traces
 * that are open: they explain events, and are none.
 */
export class Traces {
  readonly #options: TracesOptions;
  readonly #cameras = new Map<string, Watched>();
  readonly #saver: TraceSaver;
  readonly #ofEvents: EventTraces;
  #skipped = 0;

  constructor(options: TracesOptions) {
    this.#options = options;
    this.#saver = new TraceSaver(options.save, options.onFailure);
    this.#ofEvents = new EventTraces(options.clock, this.#saver);
  }

  get counters(): TraceCounters {
    return { ...this.#ofEvents.counters, ...this.#saver.counts, skipped: this.#skipped };
  }

  /** Takes every score of a camera in order, and each interruption. Before or after `opened`, for the score of both. */
  observed({ camera, threshold, phase, score }: Observation): void {
    const watched = this.#watched(camera);
    if (phase === 'rising' && score !== null) {
      watched.rising ??= new OpenTrace(this.#options.clock, threshold, score, watched.recent);
      watched.rising.score(score);
    }
    if (phase === 'open' && score !== null) {
      watched.rising?.score(score);
      this.#current(watched)?.scoreOfEvent(score);
    }
    if (phase === 'quiet') this.#quiet(camera, watched, score);
    if (score !== null) watched.recent = [...watched.recent, score].slice(-RECENT_SCORES);
  }

  /** What rose at a camera has become an event. */
  opened({ eventId, threshold, episode: { start, peak } }: Opened): void {
    const watched = this.#watched(start.camera);
    const { clock } = this.#options;
    const trace = watched.rising ?? new OpenTrace(clock, threshold, start, watched.recent);
    watched.rising = null;
    watched.eventId = eventId;
    trace.opened(peak.anomalyScore);
    this.#ofEvents.add(eventId, trace);
  }

  /** A camera is gone. The traces of its events go on until these are decided on. */
  forget(camera: string): void {
    this.#cameras.delete(camera);
  }

  /** Notes a step on an event's way; nothing for an event that is no candidate: a fault of the picture has no trace. */
  step(eventId: string, step: UntimedStep): void {
    this.#ofEvents.step(eventId, step);
  }

  /** The event has ended and is decided on: its trace is stored a moment later. */
  finished(eventId: string): void {
    this.#ofEvents.finished(eventId);
  }

  /** Null when there is none. Throws `store.*`. */
  async trace(id: string): Promise<Trace | null> {
    return this.#ofEvents.trace(id) ?? this.#options.load(id);
  }

  /** Newest first, those of events that go on among them. Throws `store.*`. */
  async traces(query: TraceQuery): Promise<TraceSummary[]> {
    const { camera, outcome, limit } = query;
    const stored = await this.#options.list(query);
    const open = this.#ofEvents.all
      .filter((trace) => outcome !== 'nothing' && (camera === undefined || camera === trace.camera))
      .map(summaryOf);
    // One that is being stored is in both.
    const all = new Map([...stored, ...open].map((summary) => [summary.id, summary]));
    return [...all.values()].sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, limit);
  }

  /** For the supervisor; stopping stores everything as far as it went. */
  start(): Promise<Child> {
    let end: (error: null) => void = () => undefined;
    const exited = new Promise<null>((resolve) => (end = resolve));
    const stop = async (): Promise<void> => {
      await this.#ofEvents.storeAll();
      end(null);
    };
    return Promise.resolve({ exited, stop });
  }

  #watched(camera: string): Watched {
    const known = this.#cameras.get(camera);
    if (known !== undefined) return known;
    const watched = { recent: [], rising: null, eventId: null, nothingStoredMs: -Infinity };
    this.#cameras.set(camera, watched);
    return watched;
  }

  #current({ eventId }: Watched): OpenTrace | undefined {
    return eventId === null ? undefined : this.#ofEvents.get(eventId);
  }

  #quiet(camera: string, watched: Watched, score: Score | null): void {
    const { rising } = watched;
    if (rising !== null) {
      if (score !== null) rising.score(score);
      watched.rising = null;
      this.#becameNothing(watched, rising, score === null ? 'interrupted' : 'too_short');
    }
    this.#current(watched)?.step({ type: 'ended' });
    watched.eventId = null;
  }

  #becameNothing(watched: Watched, trace: OpenTrace, why: NonNullable<Trace['why']>): void {
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - watched.nothingStoredMs < NOTHING_EVERY_MS) {
      this.#skipped += 1;
      return;
    }
    watched.nothingStoredMs = nowMs;
    void this.#saver.save(trace.toTrace({ id: uuid(), outcome: 'nothing', why, state: 'complete' }));
  }
}
