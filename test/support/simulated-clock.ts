import type { Clock } from '../../src/clock.js';

/** Time that only moves when told; timers run in order, promises they settle included. */
export class SimulatedClock implements Clock {
  #nowMs = 0;
  #wallOffsetS: number;
  #timers: { atMs: number; run: () => void }[] = [];

  constructor(startWallTime = 1_700_000_000) {
    this.#wallOffsetS = startWallTime;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  wallTime(): number {
    return this.#wallOffsetS + this.#nowMs / 1000;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** The system's date jumps; durations must not notice. */
  jumpWallTime(seconds: number): void {
    this.#wallOffsetS += seconds;
  }

  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (;;) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      const due = this.#timers.filter((timer) => timer.atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      due.run();
    }
    this.#nowMs = endMs;
  }
}
