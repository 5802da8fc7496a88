import { MAX_PICTURE_SIDE } from './decoder.js';
import { pictureRejected } from './input-limits.js';
import { yuvBytes, type BytesPool, type YuvPixels } from './yuv-frame.js';

/** What is known of a picture before its bytes come. */
export interface FrameHead {
  /** Stream time in microseconds. */
  ptsUs: number;
  width: number;
  height: number;
}

export interface AssembledFrame {
  ptsUs: number;
  pixels: YuvPixels;
}

/** Pictures that may wait to be taken, beside the one that is coming in. */
const MAX_WAITING = 2;

/** Puts pictures together from a pipe of raw bytes and from what is said of each on another; either may come first. */
export class FrameAssembler {
  readonly #pool: BytesPool;
  #heads: FrameHead[] = [];
  #chunks: Buffer[] = [];
  #coming: AssembledFrame | null = null;
  #filled = 0;
  #frames: AssembledFrame[] = [];

  constructor(pool: BytesPool) {
    this.#pool = pool;
  }

  /** Throws `camera.frame_rejected`. */
  head(head: FrameHead): void {
    const { width, height } = head;
    if (width > MAX_PICTURE_SIDE || height > MAX_PICTURE_SIDE) throw pictureRejected(width, height);
    this.#heads.push(head);
    this.#goOn();
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#goOn();
  }

  /** No more bytes should come until a frame was taken, or its head has come. */
  get isFull(): boolean {
    return this.#frames.length >= MAX_WAITING || this.#chunks.length > 0;
  }

  /** The oldest frame; its bytes are the taker's, to be given back to the pool. */
  take(): AssembledFrame | undefined {
    return this.#frames.shift();
  }

  #goOn(): void {
    for (;;) {
      const chunk = this.#chunks[0];
      this.#coming ??= this.#begin();
      if (chunk === undefined || this.#coming === null) return;
      const { bytes } = this.#coming.pixels;
      const part = chunk.subarray(0, bytes.length - this.#filled);
      bytes.set(part, this.#filled);
      this.#filled += part.length;
      if (part.length === chunk.length) this.#chunks.shift();
      else this.#chunks[0] = chunk.subarray(part.length);
      if (this.#filled === bytes.length) this.#complete(this.#coming);
    }
  }

  #begin(): AssembledFrame | null {
    const head = this.#heads.shift();
    if (head === undefined) return null;
    const { width, height, ptsUs } = head;
    this.#filled = 0;
    return { ptsUs, pixels: { width, height, bytes: this.#pool.take(yuvBytes(head)) } };
  }

  #complete(frame: AssembledFrame): void {
    this.#frames.push(frame);
    this.#coming = null;
  }
}
