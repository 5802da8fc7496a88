import { US_PER_S } from '../../units.js';

/** A packet's own timestamps in microseconds; null where the stream gives none. */
export interface PacketTimes {
  ptsUs: number | null;
  dtsUs: number | null;
  /** 0 when unknown. */
  durationUs: number;
}

export interface PlacedTimes {
  /** When to show the packet's picture; null leaves it to the decoder, which then goes by `dtsUs`. */
  ptsUs: number | null;
  /** When to decode it. */
  dtsUs: number;
}

/** A longer silence ends the session, so a longer gap is a jump of the camera's clock and not time that passed. */
const MAX_GAP_US = 10 * US_PER_S;
/** Presentation order differs from decoding order by less than this. */
const MAX_REORDER_US = US_PER_S;

/**
 * Lays the timestamps of a stream on one time line that starts at 0 and goes on over loops of a file and over
 * jumps of the camera's clock, as if the next frame had followed at its usual distance.
 */
export class StreamTime {
  readonly #frameUs: number;
  /** From the stream's time to ours; null until the next timestamp sets it. */
  #offsetUs: number | null = null;
  #lastUs = 0;
  #nextUs = 0;
  /** The stream began with a picture that has no time of its own, as FFmpeg gives the first one over RTSP none. */
  #beganUntimed: boolean | null = null;

  /** `frameUs` is the nominal distance of frames, for packets that do not tell theirs. */
  constructor(frameUs: number) {
    this.#frameUs = frameUs;
  }

  place(times: PacketTimes): PlacedTimes {
    const atUs = this.#locate(times.dtsUs ?? times.ptsUs);
    this.#lastUs = Math.max(this.#lastUs, atUs);
    const told = times.durationUs > 0 && times.durationUs <= MAX_GAP_US;
    this.#nextUs = this.#lastUs + (told ? times.durationUs : this.#frameUs);
    return { ptsUs: this.#presentation(times, atUs), dtsUs: this.#lastUs };
  }

  /** The stream starts over: the next packet follows the last, whatever its timestamps say. */
  rewound(): void {
    this.#offsetUs = null;
  }

  #locate(ownUs: number | null): number {
    this.#beganUntimed ??= ownUs === null;
    if (ownUs === null) return this.#nextUs;
    // Its time is 0 there: what follows may be shown before its turn, and must not be placed by its turn.
    if (this.#beganUntimed && this.#offsetUs === null && this.#lastUs === 0 && ownUs <= MAX_REORDER_US)
      this.#offsetUs = 0;
    if (this.#offsetUs !== null) {
      const atUs = ownUs + this.#offsetUs;
      if (atUs >= this.#lastUs - MAX_REORDER_US && atUs <= this.#lastUs + MAX_GAP_US) return atUs;
    }
    this.#offsetUs = this.#nextUs - ownUs;
    return this.#nextUs;
  }

  #presentation({ ptsUs }: PacketTimes, atUs: number): number | null {
    if (ptsUs === null || this.#offsetUs === null) return null;
    const shownUs = ptsUs + this.#offsetUs;
    // A presentation time far from the decoding time is damage; believing it would hold up all that follows.
    return Math.abs(shownUs - atUs) <= MAX_REORDER_US ? shownUs : null;
  }
}
