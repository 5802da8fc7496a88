const BINS = 512;

/**
 * Quantiles of a stream, where old values fade: a histogram whose weights halve every `halfLife` units of weight.
 * 512 bins over [0, 1], a fixed 4 KB a camera.
 */
export class FadingQuantiles {
  readonly #weights = new Float64Array(BINS);
  readonly #growth: number;
  #unit = 1;
  #total = 0;

  /** `halfLife`: how much weight must arrive until a value counts half. */
  constructor(halfLife: number) {
    this.#growth = 2 ** (1 / halfLife);
  }

  /** Adds a value in [0, 1]; what lies outside counts at the bound. `weight` in (0, 1]. */
  add(value: number, weight = 1): void {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(value * BINS)));
    // Newer values weigh more instead of every bin being scaled down; rescaled long before it overflows.
    this.#unit *= this.#growth ** weight;
    this.#weights[bin] = (this.#weights[bin] ?? 0) + this.#unit * weight;
    this.#total += this.#unit * weight;
    if (this.#unit > 1e100) this.#rescale();
  }

  /** The value below which a share `q` of the weight lies, interpolated within its bin; NaN while empty. */
  quantile(q: number): number {
    if (this.#total === 0) return NaN;
    let rest = q * this.#total;
    for (let bin = 0; bin < BINS; bin += 1) {
      const weight = this.#weights[bin] ?? 0;
      if (rest <= weight && weight > 0) return (bin + rest / weight) / BINS;
      rest -= weight;
    }
    return 1;
  }

  #rescale(): void {
    for (let bin = 0; bin < BINS; bin += 1) this.#weights[bin] = (this.#weights[bin] ?? 0) / this.#unit;
    this.#total /= this.#unit;
    this.#unit = 1;
  }
}
