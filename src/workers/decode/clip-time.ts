/** Ticks a second of a clip's time: the one that cameras' own RTP streams use. */
export const CLIP_HZ = 90_000;

/** When to decode a picture and when to show it, in ticks of {@link CLIP_HZ}. */
export interface ClipTimes {
  dts: number;
  pts: number;
}

/**
 * Times of one clip's pictures, taken in decoding order: the first is shown at 0, decoding times always rise, and none
 * is later than the time it is shown at. Whatever goes back in the stream is shown one tick after what came before.
 *
 * Decoding times are made from the presentation times, as a stream over RTP has no others: the smallest of the newest
 * `reorder + 1` of them.
 */
export class ClipTime {
  /** Presentation times that no decoding time was made of yet, rising. */
  readonly #shown: number[] = [];
  readonly #reorder: number;
  readonly #frameTicks: number;
  #firstUs: number | null = null;
  #last = -Infinity;

  /** `reorder`: pictures that may be decoded before one that is shown earlier; `frameUs`: their nominal distance. */
  constructor(reorder: number, frameUs: number) {
    this.#reorder = reorder;
    this.#frameTicks = ticks(frameUs);
  }

  /** Null for a picture that is shown before the first: it leans on some that the clip does not have. */
  place(shownUs: number): ClipTimes | null {
    this.#firstUs ??= shownUs;
    if (shownUs < this.#firstUs) return null;
    const shown = ticks(shownUs - this.#firstUs);
    if (this.#shown.length === 0) {
      for (let ahead = this.#reorder; ahead > 0; ahead -= 1)
        this.#shown.push(shown - ahead * this.#frameTicks);
    }
    this.#shown.push(shown);
    this.#shown.sort((a, b) => a - b);
    const dts = Math.max(this.#shown.shift() ?? shown, this.#last + 1);
    this.#last = dts;
    return { dts, pts: Math.max(shown, dts) };
  }
}

function ticks(us: number): number {
  return Math.round((us * CLIP_HZ) / 1_000_000);
}
