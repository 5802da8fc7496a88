import { wait, type Clock } from '../../clock.js';
import { MS_PER_S } from '../../units.js';

/** More behind than this, the stream plays on late rather than in a rush to catch up. */
const MAX_LAG_MS = 1000;

/** Plays a file in real time. */
export class Pacer {
  readonly #clock: Clock;
  /** The clock's reading at stream time 0; null before the first frame. */
  #originMs: number | null = null;
  readonly #cancelled = new AbortController();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Waits until the frame is due, or for `cancel`. Returns the wall time (Unix seconds) at which it is due. */
  async due(ptsUs: number): Promise<number> {
    const delayMs = this.#delayMs(ptsUs);
    const wallTime = this.#clock.wallTime() + delayMs / MS_PER_S;
    if (delayMs > 0) await wait(this.#clock, delayMs, this.#cancelled.signal);
    return wallTime;
  }

  /** Ends the wait there is, and every later one at once. */
  cancel(): void {
    this.#cancelled.abort();
  }

  /** Negative when the frame is late. */
  #delayMs(ptsUs: number): number {
    const streamMs = ptsUs / MS_PER_S;
    const nowMs = this.#clock.monotonicMs();
    this.#originMs ??= nowMs - streamMs;
    const delayMs = this.#originMs + streamMs - nowMs;
    if (delayMs >= -MAX_LAG_MS) return delayMs;
    this.#originMs = nowMs - streamMs;
    return 0;
  }
}
