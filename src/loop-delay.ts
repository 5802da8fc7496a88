import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 10;
const NS_PER_MS = 1e6;

/** How late this thread's event loop comes to what is due, since the start or the last `reset`. */
export class LoopDelay {
  // Node.js records the time between two looks, every 10 ms, which is the delay and those 10 ms.
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  start(): void {
    this.#histogram.enable();
  }

  stop(): void {
    this.#histogram.disable();
  }

  reset(): void {
    this.#histogram.reset();
  }

  /** Milliseconds, 99th percentile. */
  p99Ms(): number {
    return Math.max(0, this.#histogram.percentile(99) / NS_PER_MS - RESOLUTION_MS);
  }
}
