export interface ReadHistogramOptions {
  name: string;
  help: string;
  /** Upper bounds, ascending. */
  bounds: readonly number[];
}

interface Seen {
  /** How many there are between two bounds: one count a bound, and one of those above all. */
  counts: readonly number[];
  sum: number;
}

const nothing: Seen = { counts: [], sum: 0 };

/** A histogram of what others count, who may start over: what it shows never falls. */
export class ReadHistogram {
  readonly #options: ReadHistogramOptions;
  readonly #counts: number[];
  #sum = 0;
  #last = nothing;

  constructor(options: ReadHistogramOptions) {
    this.#options = options;
    this.#counts = [...options.bounds, Infinity].map(() => 0);
  }

  /** Takes what there is now. Anything that fell says that they started over, and that all of it is new. */
  take(now: Seen): void {
    const { counts, sum } = this.#last;
    const isNew = now.sum < sum || counts.some((count, place) => (now.counts[place] ?? 0) < count);
    const before = isNew ? nothing : this.#last;
    for (const [place, count] of now.counts.entries())
      this.#counts[place] = (this.#counts[place] ?? 0) + count - (before.counts[place] ?? 0);
    this.#sum += now.sum - before.sum;
    this.#last = now;
  }

  /** In the Prometheus text format. */
  text(): string {
    const { name, help, bounds } = this.#options;
    let upTo = 0;
    const buckets = [...bounds, '+Inf'].map((bound, place) => {
      upTo += this.#counts[place] ?? 0;
      return `${name}_bucket{le="${bound}"} ${upTo}`;
    });
    const head = [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`];
    return [...head, ...buckets, `${name}_sum ${this.#sum}`, `${name}_count ${upTo}`, ''].join('\n');
  }
}
