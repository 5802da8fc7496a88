import { US_PER_S } from '../../units.js';

/** How early a frame may come, in parts of the interval: timestamps jitter, and to wait for the next costs a slot. */
const EARLY = 0.1;

/**
 * Picks frames at a target rate by stream time: one for each slot of 1/fps seconds, so that the rate neither drifts
 * nor depends on the stream's own. A slower stream gives every frame.
 */
export class FrameSampler {
  readonly #intervalUs: number;
  #slotUs: number | null = null;

  constructor(fps: number) {
    this.#intervalUs = US_PER_S / fps;
  }

  /** Whether to take the frame at `ptsUs`; ask once per frame, in order. */
  take(ptsUs: number): boolean {
    const slotUs = this.#slotUs ?? ptsUs;
    if (ptsUs < slotUs - EARLY * this.#intervalUs) return false;
    const followingUs = slotUs + this.#intervalUs;
    // After a gap the slots missed stay missed: making up for them would bunch frames.
    this.#slotUs = followingUs > ptsUs ? followingUs : ptsUs + this.#intervalUs;
    return true;
  }
}
