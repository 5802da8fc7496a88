import type { Clock } from '../../clock.js';
import type { Score } from '../../event.js';
import { MAX_TRACE_STEPS, type Trace, type UntimedStep } from '../../trace.js';
import { MS_PER_S, US_PER_S } from '../../units.js';
import { round, ScoreSeries } from './score-series.js';

/** Seconds of scores before the first that reached the threshold. */
const LEAD_IN_S = 3;
/** A rise of the score worth a step of its own: as large as one worth storing in the event. */
const PEAK_STEP = 0.05;

/** One candidate's trace while it is being written. */
export class OpenTrace {
  readonly camera: string;
  readonly #clock: Clock;
  readonly #threshold: number;
  /** The first score that reached the threshold, and when it came here. */
  readonly #start: Score;
  readonly #begunMs: number;
  readonly #lagS: number;
  readonly #series = new ScoreSeries();
  readonly #steps: Trace['steps'] = [];
  #peak = 0;

  /** `before`: the newest scores of the camera before `start`, in order. */
  constructor(clock: Clock, threshold: number, start: Score, before: readonly Score[]) {
    this.camera = start.camera;
    this.#clock = clock;
    this.#threshold = threshold;
    this.#start = start;
    this.#begunMs = clock.monotonicMs();
    this.#lagS = Math.max(0, clock.wallTime() - start.wallTime);
    for (const score of before) {
      const t = this.#timeOf(score);
      if (t < 0 && t >= -LEAD_IN_S) this.#series.add(t, score.anomalyScore);
    }
  }

  score(score: Score): void {
    this.#series.add(this.#timeOf(score), score.anomalyScore);
  }

  /** It has become an event, whose peak is this until now. */
  opened(peak: number): void {
    this.#peak = peak;
    this.step({ type: 'opened', score: peak });
  }

  /** Notes the score, and a step if it is a new peak. */
  scoreOfEvent(score: Score): void {
    this.score(score);
    if (score.anomalyScore - this.#peak < PEAK_STEP) return;
    this.#peak = score.anomalyScore;
    this.step({ type: 'peaked', score: score.anomalyScore });
  }

  /** Notes a step as of now; false when there is no room for it. */
  step(step: UntimedStep): boolean {
    if (this.#steps.length >= MAX_TRACE_STEPS) return false;
    const t = this.#lagS + (this.#clock.monotonicMs() - this.#begunMs) / MS_PER_S;
    this.#steps.push({ ...step, t: round(t, 1_000) });
    return true;
  }

  /** The trace so far; its own copy. */
  toTrace({ id, outcome, why, state }: Pick<Trace, 'id' | 'outcome' | 'why' | 'state'>): Trace {
    const { wallTime: start_time } = this.#start;
    const steps = [...this.#steps];
    return {
      id,
      camera: this.camera,
      outcome,
      why,
      state,
      start_time,
      threshold: this.#threshold,
      scores: this.#series.values,
      steps,
    };
  }

  /** Seconds of stream time since the first score. */
  #timeOf({ ptsUs }: Score): number {
    return (ptsUs - this.#start.ptsUs) / US_PER_S;
  }
}
