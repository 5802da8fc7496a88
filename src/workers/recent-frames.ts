import type { DecodedFrame } from './decoder.js';

const CAPACITY = 4;

/** References to the last few sampled frames, for snapshots of what an anomaly looked like. */
export class RecentFrames {
  #frames: DecodedFrame[] = [];

  /** Takes a reference of its own. */
  add(frame: DecodedFrame): void {
    this.#frames.push(frame.keep());
    if (this.#frames.length > CAPACITY) this.#frames.shift()?.free();
  }

  /** The frame nearest to `ptsUs`, the newest when null; undefined when there is none yet. */
  nearest(ptsUs: number | null): DecodedFrame | undefined {
    if (ptsUs === null) return this.#frames.at(-1);
    const distance = (frame: DecodedFrame): number => Math.abs(frame.ptsUs - ptsUs);
    return this.#frames.toSorted((a, b) => distance(a) - distance(b))[0];
  }

  clear(): void {
    for (const frame of this.#frames) frame.free();
    this.#frames = [];
  }
}
