import { FadingQuantiles } from './quantiles.js';

/** How a camera's raw errors become an anomaly score in [0, 1]. */
export interface NormaliserOptions {
  /** Samples to see before the first score: a camera says nothing while it learns what is usual. */
  warmupSamples: number;
  /** Samples until a past value counts half; 3,000 are ten minutes at 5 FPS. */
  halfLifeSamples: number;
  /** Spread assumed at the least, of RMS error in [0, 1]: a dead calm scene must not turn noise into alarms. */
  minSpread: number;
  /** Spreads above the median at which the score reaches one half; 5 are 3.4 sigma of a normal distribution. */
  midpointSpreads: number;
}

export const defaultNormaliserOptions: NormaliserOptions = {
  warmupSamples: 100,
  halfLifeSamples: 3_000,
  minSpread: 0.01,
  midpointSpreads: 5,
};

/** Weight with which a frame that already looks anomalous is learned: it becomes usual, but slowly. */
const SUSPECT_WEIGHT = 0.1;

/**
 * Per-camera online normalisation, without knowledge of the future: the RMS error is placed against the fading median
 * and upper spread (third quartile less median) of this camera's own past, then squeezed by a logistic. A quartile,
 * because it stays what it is while something unusual fills less than a quarter of the time.
 */
export class Normaliser {
  readonly #past: FadingQuantiles;
  readonly #options: NormaliserOptions;
  #samples = 0;

  constructor(options: NormaliserOptions = defaultNormaliserOptions) {
    this.#options = options;
    this.#past = new FadingQuantiles(options.halfLifeSamples);
  }

  /**
   * The anomaly score of a frame, in [0, 1]: 0.5 at the midpoint; null during warm-up and for a peak that is not a
   * positive finite number, which is not learned either.
   */
  score(peak: number): number | null {
    if (!(peak > 0 && peak < Infinity)) return null;
    const level = Math.sqrt(peak);
    this.#samples += 1;
    if (this.#samples <= this.#options.warmupSamples) {
      this.#past.add(level);
      return null;
    }
    const median = this.#past.quantile(0.5);
    const spread = Math.max(this.#past.quantile(0.75) - median, this.#options.minSpread);
    const spreadsAbove = (level - median) / spread;
    const score = 1 / (1 + Math.exp(this.#options.midpointSpreads - spreadsAbove));
    this.#past.add(level, score < 0.5 ? 1 : SUSPECT_WEIGHT);
    return score;
  }

  /** In [0, 1]: how much of the warm-up is over. */
  get warmup(): number {
    return Math.min(1, this.#samples / this.#options.warmupSamples);
  }
}
