import { MAX_TRACE_POINTS, type Trace } from '../../trace.js';

/**
 * The scores of a trace, bounded: when there are too many, of every two neighbours the higher stays, and from then on
 * each point stands for twice as many scores. The points stay evenly spread, and the peak is never lost.
 */
export class ScoreSeries {
  #points: { t: number; s: number }[] = [];
  /** Scores that a point stands for, and those that the newest one stands for so far. */
  #stride = 1;
  #inNewest = 1;

  /** `t` in seconds, growing; `s` in [0, 1]. */
  add(t: number, s: number): void {
    const newest = this.#points.at(-1);
    if (newest !== undefined && this.#inNewest < this.#stride) {
      this.#inNewest += 1;
      if (s > newest.s) this.#points[this.#points.length - 1] = { t, s };
      return;
    }
    this.#inNewest = 1;
    this.#points.push({ t, s });
    if (this.#points.length === MAX_TRACE_POINTS) this.#halve();
  }

  /** Rounded to milliseconds, and to what a picture of them can show. */
  get values(): Trace['scores'] {
    return {
      t: this.#points.map(({ t }) => round(t, 1_000)),
      s: this.#points.map(({ s }) => round(s, 10_000)),
    };
  }

  #halve(): void {
    const odd = this.#points.filter((_, i) => i % 2 === 1);
    this.#points = odd.map((point, i) => {
      const before = this.#points[2 * i];
      return before !== undefined && before.s > point.s ? before : point;
    });
    // The newest point has just begun: to the full one before it, it added a single score.
    this.#inNewest = this.#stride + 1;
    this.#stride *= 2;
  }
}

/** To a multiple of `1 / steps`. */
export function round(value: number, steps: number): number {
  return Math.round(value * steps) / steps;
}
