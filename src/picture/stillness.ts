import { US_PER_S } from '../units.js';
import { shareOf, type PictureStatistics } from './statistics.js';
import { FadingQuantiles } from './fading-quantiles.js';

/** A cell whose pixels changed by less than this on average did not change: one pixel of 64 by two levels. */
const UNCHANGED = 2.5 / 64;
/** A picture with so many unchanged cells is still; the four left are room for the seconds of a clock drawn into it. */
const STILL_CELLS = 572 / 576;

/** A sensor's own noise leaves fewer cells than this unchanged in the usual frame. */
const NOISY_CELLS = 0.5;
const NOISY_LIMIT_US = 10 * US_PER_S;
/** Without noise for so long such a camera may be about to be called frozen. */
const NOISY_DOUBT_US = US_PER_S;

const NOISELESS_LIMIT_US = 60 * US_PER_S;
const TIMES_LONGEST_CALM = 3;
const NOISELESS_WATCH_US = 600 * US_PER_S;

/** Frames until what is usual weighs half, and frames to see before anything is. */
const HALF_LIFE_FRAMES = 3_000;
const FEWEST_FRAMES = 50;

/** `doubtful`: a camera that is usually noisy has shown no noise for a second; what stands in it may not dwell there. */
export type StillnessState = 'moving' | 'doubtful' | 'frozen';

/**
 * Tells a frozen picture from a calm scene: frames keep arriving and do not change.
 *
 * A sensor's noise changes most cells in every frame, so where a camera shows noise, 10 s without any are frozen.
 * Where it does not (strong compression, a drawn scene), a calm scene looks just the same: there the picture must
 * stand still for a minute and three times as long as ever before, on a camera watched for ten minutes.
 */
export class Stillness {
  #unchanged = new FadingQuantiles(HALF_LIFE_FRAMES);
  #frames = 0;
  #firstUs: number | null = null;
  #calmSinceUs: number | null = null;
  #longestCalmUs = 0;
  #movedBefore = false;

  /** Takes the next frame, in order of `ptsUs`. */
  observe({ change }: PictureStatistics, ptsUs: number): StillnessState {
    this.#firstUs ??= ptsUs;
    const unchanged = shareOf(change, (value) => value < UNCHANGED);
    const moved = unchanged < STILL_CELLS;
    // One frame that moved between two that did not is a keyframe, which encodes the same picture anew.
    if (moved && this.#movedBefore) this.#endCalm(ptsUs);
    else this.#calmSinceUs ??= ptsUs;
    this.#movedBefore = moved;
    const calmUs = ptsUs - (this.#calmSinceUs ?? ptsUs);
    if (!moved && calmUs >= this.#limitUs(ptsUs)) return 'frozen';
    const doubtful = !moved && this.#isNoisy && calmUs >= NOISY_DOUBT_US;
    this.#frames += 1;
    this.#unchanged.add(unchanged);
    return doubtful ? 'doubtful' : 'moving';
  }

  /** To be told of another light: with it comes another noise, or none, as when a camera turns to infrared. */
  forgetNoise(): void {
    this.#unchanged = new FadingQuantiles(HALF_LIFE_FRAMES);
    this.#frames = 0;
  }

  get #isNoisy(): boolean {
    return this.#frames >= FEWEST_FRAMES && this.#unchanged.quantile(0.5) < NOISY_CELLS;
  }

  #endCalm(ptsUs: number): void {
    if (this.#calmSinceUs !== null)
      this.#longestCalmUs = Math.max(this.#longestCalmUs, ptsUs - this.#calmSinceUs);
    this.#calmSinceUs = null;
  }

  /** How long the picture must have been still by now to be frozen. */
  #limitUs(ptsUs: number): number {
    if (this.#isNoisy) return NOISY_LIMIT_US;
    const watchedUs = ptsUs - (this.#firstUs ?? ptsUs);
    if (watchedUs < NOISELESS_WATCH_US) return Infinity;
    return Math.max(NOISELESS_LIMIT_US, TIMES_LONGEST_CALM * this.#longestCalmUs);
  }
}
