import { US_PER_S } from '../../units.js';

/** From the first look at an anomaly to the second, microseconds of stream time. */
const FIRST_PAUSE_US = 2 * US_PER_S;

/** When an anomaly that goes on is looked at again: after 2 s, then after 4, 8 and so on: six looks in two minutes. */
export class LookPacing {
  #lookedAtUs = 0;
  #looks = 0;

  /** `ptsUs`: of the frame that is looked at, in stream time. */
  looked(ptsUs: number): void {
    this.#lookedAtUs = ptsUs;
    this.#looks += 1;
  }

  /** Whether the frame of `ptsUs` is worth a look, after a first one. */
  isDue(ptsUs: number): boolean {
    return ptsUs - this.#lookedAtUs >= FIRST_PAUSE_US * 2 ** (this.#looks - 1);
  }
}
