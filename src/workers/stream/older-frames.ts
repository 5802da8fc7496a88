import type { DecodedFrame } from '../decode/decoder.js';
import { FrameSampler } from './frame-sampler.js';

/** One picture in so many seconds of stream time. */
const PERIOD_S = 1.5;
/** With the period it reaches back 7.5 to 9 s: 6 s before a peak that is told of late are still there. */
const CAPACITY = 6;

/** Small copies of frames that are older than those at hand whole, for a VLM to see what led up to an event. */
export class OlderFrames {
  readonly #width: number;
  readonly #sampler = new FrameSampler(1 / PERIOD_S);
  #frames: DecodedFrame[] = [];

  /** `width`: pixels at most. A copy of 480x270 takes 194 KB. */
  constructor(width: number) {
    this.#width = width;
  }

  /** Oldest first. */
  get frames(): readonly DecodedFrame[] {
    return this.#frames;
  }

  /** Copies the frame if it is time for one. */
  offer(frame: DecodedFrame): void {
    if (!this.#sampler.take(frame.ptsUs)) return;
    this.#frames.push(frame.shrunk(this.#width));
    if (this.#frames.length > CAPACITY) this.#frames.shift()?.free();
  }

  clear(): void {
    for (const frame of this.#frames) frame.free();
    this.#frames = [];
  }
}
