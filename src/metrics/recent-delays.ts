import { quantileOf } from '../quantile.js';

/** Delays remembered: at 16 cameras and 5 FPS the last 25 s. */
const CAPACITY = 2_048;

/** Quantiles of the newest delays, milliseconds; null before the first. */
export interface DelayQuantiles {
  p50: number;
  p95: number;
  p99: number;
}

/** The newest delays, for whoever wants to know how the last half minute went. */
export class RecentDelays {
  readonly #delaysMs = new Float64Array(CAPACITY);
  #seen = 0;

  add(delayMs: number): void {
    this.#delaysMs[this.#seen % CAPACITY] = delayMs;
    this.#seen += 1;
  }

  quantiles(): DelayQuantiles | null {
    if (this.#seen === 0) return null;
    const held = this.#delaysMs.subarray(0, Math.min(this.#seen, CAPACITY));
    return { p50: quantileOf(held, 0.5), p95: quantileOf(held, 0.95), p99: quantileOf(held, 0.99) };
  }
}
