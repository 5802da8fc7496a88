import { VAD_FRAME } from '../frame.js';
import type { DecodedFrame } from './decoder.js';
import type { GpuLink } from './gpu-link.js';

/** Sends sampled frames to the GPU worker, which holds at most this camera's credits of them. */
export class VadOutput {
  readonly #gpu: Pick<GpuLink, 'take' | 'giveBack' | 'send'>;
  #sent = 0;
  #dropped = 0;

  constructor(gpu: Pick<GpuLink, 'take' | 'giveBack' | 'send'>) {
    this.#gpu = gpu;
  }

  /** Scales and sends the frame, or drops it before that work when the GPU worker holds every buffer. */
  offer(frame: DecodedFrame, wallTime: number): void {
    const pixels = this.#gpu.take();
    if (pixels === undefined) {
      this.#dropped += 1;
      return;
    }
    try {
      frame.toGray(pixels, VAD_FRAME.width, VAD_FRAME.height);
    } catch (error) {
      this.#gpu.giveBack(pixels);
      throw error;
    }
    this.#gpu.send({ type: 'frame', pixels, ptsUs: frame.ptsUs, wallTime });
    this.#sent += 1;
  }

  get sent(): number {
    return this.#sent;
  }

  get dropped(): number {
    return this.#dropped;
  }
}
