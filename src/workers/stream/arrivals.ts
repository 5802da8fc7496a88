import type { Clock } from '../../clock.js';
import { MS_PER_S } from '../../units.js';
import { READ_TIMEOUT_MS } from '../decode/decoder.js';

/** When the packets of a stream arrived. */
export class Arrivals {
  readonly #clock: Clock;
  #lastMs: number;
  #lastWallTime: number;

  /** Counts the silence from now on. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastMs = clock.monotonicMs();
    this.#lastWallTime = clock.wallTime();
  }

  /** A packet has come out of a read that began at `askedMs`, by the monotonic clock. */
  note(askedMs: number): void {
    const readMs = this.#clock.monotonicMs() - askedMs;
    // The last packet before a silence comes out only when the read times out, though it arrived before that: FFmpeg
    // waits for the next one to see where it ends.
    const lateMs = readMs >= READ_TIMEOUT_MS ? readMs : 0;
    this.#lastMs = this.#clock.monotonicMs() - lateMs;
    this.#lastWallTime = this.#clock.wallTime() - lateMs / MS_PER_S;
  }

  /** Since the last packet. */
  get silentMs(): number {
    return this.#clock.monotonicMs() - this.#lastMs;
  }

  /** Of the last packet, Unix seconds. */
  get lastWallTime(): number {
    return this.#lastWallTime;
  }
}
