import { US_PER_S } from '../units.js';
import { VAD_FRAME } from '../frame.js';

/** A longer gap, or a step back, means a new connection: what lies before it predicts nothing. */
const LONGEST_GAP_US = US_PER_S;

/** One camera's own state beside the shared model: its last frames and its memory. */
export class CameraWindow {
  /** float32 [items, channels]; the model updates it in place. */
  readonly memory: Float32Array;
  /** uint8 [length, 192, 192] gray, oldest first. */
  readonly frames: Uint8Array;
  readonly #length: number;
  #held = 0;
  #lastPtsUs = -Infinity;

  constructor(length: number, memory: Float32Array) {
    this.#length = length;
    this.memory = memory;
    this.frames = new Uint8Array(length * VAD_FRAME.bytes);
  }

  /** Copies a frame in as the newest; true when the window is full and can be scored. */
  push(pixels: ArrayBuffer, ptsUs: number): boolean {
    const stepUs = ptsUs - this.#lastPtsUs;
    if (stepUs > LONGEST_GAP_US || stepUs <= 0) this.#held = 0;
    this.#lastPtsUs = ptsUs;
    if (this.#held === this.#length) {
      this.frames.copyWithin(0, VAD_FRAME.bytes);
      this.#held -= 1;
    }
    this.frames.set(new Uint8Array(pixels), this.#held * VAD_FRAME.bytes);
    this.#held += 1;
    return this.#held === this.#length;
  }
}
