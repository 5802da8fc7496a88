import { MS_PER_S } from '../units.js';

/** Periods by which frames may come late before the schedule starts anew instead of catching up. */
const LATENESS_MAX_PERIODS = 2;

/**
 * Picks frames of one camera for one client at the client's own rate. A frame that is due within half an interval of
 * the source is taken, and the schedule advances by the ideal period, not from the frame: jitter cannot add up, and a
 * client that asks for the camera's very rate gets every frame.
 */
export class ClientPace {
  readonly #periodMs: number;
  #dueMs = -Infinity;

  /** `fps` above 0. */
  constructor(fps: number) {
    this.#periodMs = MS_PER_S / fps;
  }

  /** Whether the frame that arrives at `nowMs` (monotonic) from a source of `sourceFps` is taken. */
  take(nowMs: number, sourceFps: number): boolean {
    const toleranceMs = MS_PER_S / sourceFps / 2;
    if (nowMs < this.#dueMs - toleranceMs) return false;
    const restart = nowMs - this.#dueMs > LATENESS_MAX_PERIODS * this.#periodMs;
    this.#dueMs = (restart ? nowMs : this.#dueMs) + this.#periodMs;
    return true;
  }
}
