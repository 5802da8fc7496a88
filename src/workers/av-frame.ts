import { AV_PIX_FMT_GRAY8 } from 'node-av/constants';
import type { Frame } from 'node-av/lib';
import { AvJpeg } from './av-jpeg.js';
import { AvScaler } from './av-scaler.js';
import type { DecodedFrame, JpegPicture, JpegRequest } from './decoder.js';

/** The converters that all frames of a decoder share. */
export class AvConverters {
  readonly gray = new AvScaler();
  readonly jpeg = new AvJpeg();

  free(): void {
    this.gray.free();
    this.jpeg.free();
  }
}

export class AvFrame implements DecodedFrame {
  readonly width: number;
  readonly height: number;
  readonly #frame: Frame;
  readonly #converters: AvConverters;

  constructor(
    frame: Frame,
    readonly ptsUs: number,
    converters: AvConverters,
  ) {
    this.width = frame.width;
    this.height = frame.height;
    this.#frame = frame;
    this.#converters = converters;
  }

  toGray(pixels: ArrayBuffer, width: number, height: number): void {
    this.#converters.gray.intoPlane(this.#frame, { width, height, format: AV_PIX_FMT_GRAY8 }, pixels);
  }

  toJpeg(request: JpegRequest): JpegPicture {
    return this.#converters.jpeg.encode(this.#frame, request);
  }

  keep(): AvFrame {
    const reference = this.#frame.clone();
    if (reference === null) throw new Error('out of memory for a reference to a frame');
    return new AvFrame(reference, this.ptsUs, this.#converters);
  }

  free(): void {
    this.#frame.free();
  }
}
