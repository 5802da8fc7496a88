import { AV_PIX_FMT_GRAY8, AV_PIX_FMT_RGB24, AV_PIX_FMT_YUV420P } from 'node-av/constants';
import { Frame } from 'node-av/lib';
import type { RgbPicture } from '../../verification/montage.js';
import { mustSucceed } from './av-error.js';
import { AvJpeg } from './av-jpeg.js';
import { AvScaler } from './av-scaler.js';
import type { DecodedFrame, JpegPicture, JpegRequest } from './decoder.js';

/** The converters that all frames of a decoder share. */
export class AvConverters {
  readonly gray = new AvScaler();
  readonly rgb = new AvScaler();
  readonly small = new AvScaler();
  readonly jpeg = new AvJpeg();

  free(): void {
    this.gray.free();
    this.rgb.free();
    this.small.free();
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

  toRgb(maxWidth: number): RgbPicture {
    const { width, height } = this.#fit(maxWidth);
    const pixels = new ArrayBuffer(width * height * RGB_BYTES);
    this.#converters.rgb.intoPlane(this.#frame, { width, height, format: AV_PIX_FMT_RGB24 }, pixels);
    return { width, height, pixels: new Uint8Array(pixels) };
  }

  shrunk(maxWidth: number): AvFrame {
    const small = new Frame();
    small.alloc();
    const { width, height } = this.#fit(maxWidth);
    small.width = width;
    small.height = height;
    small.format = AV_PIX_FMT_YUV420P;
    mustSucceed(small.getBuffer(), 'allocate a small picture');
    this.#converters.small.intoFrame(this.#frame, small);
    return new AvFrame(small, this.ptsUs, this.#converters);
  }

  keep(): AvFrame {
    const reference = this.#frame.clone();
    if (reference === null) throw new Error('out of memory for a reference to a frame');
    return new AvFrame(reference, this.ptsUs, this.#converters);
  }

  free(): void {
    this.#frame.free();
  }

  #fit(maxWidth: number): { width: number; height: number } {
    const width = multipleOf(WIDTH_STEP, Math.min(maxWidth, this.width));
    return { width, height: multipleOf(2, (width * this.height) / this.width) };
  }
}

/** The scaler writes so many pixels at a time, beyond the end of a row that holds fewer. */
const WIDTH_STEP = 16;
const RGB_BYTES = 3;

function multipleOf(step: number, pixels: number): number {
  return Math.max(step, step * Math.floor(pixels / step));
}
