import { LIVE_HEADER } from '../../frame.js';
import type { CameraMessage, LiveRequest } from '../../protocol/camera.js';
import type { DecodedFrame } from '../decode/decoder.js';
import { FrameSampler } from './frame-sampler.js';

/** Encodes frames for the live view, and does nothing while nobody watches. */
export class LiveOutput {
  readonly #send: (message: CameraMessage) => void;
  #request: LiveRequest | null = null;
  #sampler: FrameSampler | null = null;
  #sent = 0;

  constructor(send: (message: CameraMessage) => void) {
    this.#send = send;
  }

  set(request: LiveRequest | null): void {
    this.#request = request;
    this.#sampler = request === null ? null : new FrameSampler(request.fps);
  }

  offer(frame: DecodedFrame, wallTime: number): void {
    if (this.#request === null || this.#sampler?.take(frame.ptsUs) !== true) return;
    const { width, quality } = this.#request;
    const jpeg = frame.toJpeg({ width, quality, prefixBytes: LIVE_HEADER.bytes });
    this.#sent += 1;
    const size = { width: jpeg.width, height: jpeg.height };
    this.#send({ type: 'live', frame: jpeg.buffer, wallTime, ...size });
  }

  get sent(): number {
    return this.#sent;
  }
}
