import type { DecodedFrame } from '../decode/decoder.js';

/** At 5 FPS 1.2 s: an episode is told of 0.6 s after its first frame, and its peak may be that one. */
const CAPACITY = 6;

/** References to the last few sampled frames, for snapshots of what an anomaly looked like. */
export class RecentFrames {
  #frames: DecodedFrame[] = [];

  /** Oldest first. */
  get frames(): readonly DecodedFrame[] {
    return this.#frames;
  }

  /** Takes a reference of its own. */
  add(frame: DecodedFrame): void {
    this.#frames.push(frame.keep());
    if (this.#frames.length > CAPACITY) this.#frames.shift()?.free();
  }

  /** The frame of `ptsUs`, the newest when null; undefined when it is not held any more, or there is none yet. */
  at(ptsUs: number | null): DecodedFrame | undefined {
    return ptsUs === null ? this.#frames.at(-1) : this.#frames.find((frame) => frame.ptsUs === ptsUs);
  }

  clear(): void {
    for (const frame of this.#frames) frame.free();
    this.#frames = [];
  }
}
