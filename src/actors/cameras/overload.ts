import { every, type Clock } from '../../clock.js';
import type { OverloadState } from '../../overload-states.js';
import { advanceOverload, normal, type Load, type Overload } from './overload-state.js';

const PERIOD_MS = 5_000;

export interface OverloadWatchOptions {
  clock: Clock;
  /** How it went since the last call; never rejects. */
  measure: () => Promise<Load>;
  /** Called each period: which cameras are quiet changes while the state does not. */
  apply: (state: OverloadState) => void;
  onChange: (overload: Overload, load: Load) => void;
}

/** Looks at the load every few seconds, and has the product do less while it is too much. */
export class OverloadWatch {
  readonly #options: OverloadWatchOptions;
  #overload = normal;
  #cancel = (): void => undefined;

  constructor(options: OverloadWatchOptions) {
    this.#options = options;
  }

  get overload(): Pick<Overload, 'state' | 'because'> {
    const { state, because } = this.#overload;
    return { state, because };
  }

  start(): void {
    const { clock, measure } = this.#options;
    this.#cancel = every(clock, PERIOD_MS, () => {
      void measure().then((load) => {
        this.#take(load);
      });
    });
  }

  stop(): void {
    this.#cancel();
  }

  #take(load: Load): void {
    const before = this.#overload;
    this.#overload = advanceOverload(before, load);
    if (this.#overload.state !== before.state) this.#options.onChange(this.#overload, load);
    this.#options.apply(this.#overload.state);
  }
}
