import type { Clock } from '../clock.js';

/** Aborts when nothing came for too long. */
export class Stall {
  readonly #controller = new AbortController();
  readonly #clock: Clock;
  readonly #limitMs: number;
  #cancel: () => void;

  constructor(clock: Clock, limitMs: number) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#cancel = this.#begin();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something came. */
  restart(): void {
    this.#cancel();
    this.#cancel = this.#begin();
  }

  end(): void {
    this.#cancel();
  }

  #begin(): () => void {
    return this.#clock.after(this.#limitMs, () => {
      this.#controller.abort();
    });
  }
}
