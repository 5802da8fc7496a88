import type { RgbPicture } from '../../verification/montage.js';
import type { AreaScalers, PlaneSize } from './area-scaler.js';
import type { DecodedFrame, JpegPicture, JpegRequest } from './decoder.js';
import { encodeJpeg } from './jpeg-encoder.js';
import { drawPlace, type YuvPicture } from './place-overlay.js';

/** Pixels of a decoded picture: YUV 4:2:0 of limited range, the planes one after the other without padding. */
export interface YuvPixels extends PlaneSize {
  /** At least {@link yuvBytes}. */
  bytes: Uint8Array;
}

/** Where the bytes of pictures come from and go to: most of a stream are of one size. */
export interface BytesPool {
  take(bytes: number): Uint8Array;
  give(bytes: Uint8Array): void;
}

/** Chroma has a sample for every two by two pixels, and for those that are left over at the edges. */
export function yuvBytes({ width, height }: PlaneSize): number {
  return width * height + 2 * Math.ceil(width / 2) * Math.ceil(height / 2);
}

/** Holds at most `most` buffers that nobody needs, all of the size asked for last. */
export function bytesPool(most: number): BytesPool {
  let free: Uint8Array[] = [];
  return {
    take(bytes) {
      free = free.filter(({ length }) => length === bytes);
      return free.pop() ?? Buffer.allocUnsafeSlow(bytes);
    },
    give(bytes) {
      if (free.length < most) free.push(bytes);
    },
  };
}

/** What all frames of a decoder share. */
export interface YuvShared {
  scalers: AreaScalers;
  pool: BytesPool;
}

/** A frame and the references to its bytes, which go back to the pool with the last one. */
export class YuvFrame implements DecodedFrame {
  readonly #pixels: YuvPixels;
  readonly #shared: YuvShared;
  readonly #owners: { count: number };
  #isFree = false;

  /** Takes the bytes over. */
  constructor(
    pixels: YuvPixels,
    readonly ptsUs: number,
    shared: YuvShared,
    owners = { count: 1 },
  ) {
    this.#pixels = pixels;
    this.#shared = shared;
    this.#owners = owners;
  }

  get width(): number {
    return this.#pixels.width;
  }

  get height(): number {
    return this.#pixels.height;
  }

  toGray(pixels: ArrayBuffer, width: number, height: number): void {
    const { y } = planes(this.#pixels);
    this.#scale(y, this.#pixels, new Uint8Array(pixels), { width, height }, fullLuma);
  }

  toJpeg({ width, quality, prefixBytes, marked }: JpegRequest): JpegPicture {
    const to = fit(this.#pixels, width, 2);
    const small = planesOf(this.#scaled(to, fullLuma, fullChroma), to);
    if (marked !== undefined) drawPlace(small, marked);
    return { buffer: encodeJpeg(small, quality, prefixBytes), ...to };
  }

  toRgb(maxWidth: number): RgbPicture {
    const to = fit(this.#pixels, maxWidth, WIDTH_STEP);
    return { ...to, pixels: rgbOf(this.#scaled(to, fullLuma, fullChroma), to) };
  }

  shrunk(maxWidth: number): YuvFrame {
    const to = fit(this.#pixels, maxWidth, WIDTH_STEP);
    const bytes = this.#scaled(to, unchanged, unchanged);
    return new YuvFrame({ bytes, ...to }, this.ptsUs, { ...this.#shared, pool: nowhere });
  }

  keep(): YuvFrame {
    this.#owners.count += 1;
    return new YuvFrame(this.#pixels, this.ptsUs, this.#shared, this.#owners);
  }

  free(): void {
    if (this.#isFree) return;
    this.#isFree = true;
    this.#owners.count -= 1;
    if (this.#owners.count === 0) this.#shared.pool.give(this.#pixels.bytes);
  }

  /** The three planes at another size, even on both sides. */
  #scaled(to: PlaneSize, luma: Uint8Array, chroma: Uint8Array): Uint8Array {
    const source = planes(this.#pixels);
    const bytes = new Uint8Array(yuvBytes(to));
    const target = planes({ bytes, ...to });
    this.#scale(source.y, this.#pixels, target.y, to, luma);
    this.#scale(source.u, halfOf(this.#pixels), target.u, halfOf(to), chroma);
    this.#scale(source.v, halfOf(this.#pixels), target.v, halfOf(to), chroma);
    return bytes;
  }

  #scale(source: Uint8Array, from: PlaneSize, target: Uint8Array, to: PlaneSize, levels: Uint8Array): void {
    const size = { width: from.width, height: from.height };
    this.#shared.scalers.between(size, to).scale(source, target, levels);
  }
}

/** As the other backend does, whose scaler needs it: both see the same part of a picture. */
const WIDTH_STEP = 16;
const RGB_BYTES = 3;
const LEVELS = 256;

const nowhere: BytesPool = { take: (bytes) => new Uint8Array(bytes), give: () => undefined };

const unchanged = levels((level) => level);
/** From limited range, 16 to 235 for luma and 16 to 240 for chroma, to all of 0 to 255. */
const fullLuma = levels((level) => ((level - 16) * 255) / 219);
const fullChroma = levels((level) => ((level - 128) * 255) / 224 + 128);

function levels(of: (level: number) => number): Uint8Array {
  return new Uint8Array(Uint8ClampedArray.from({ length: LEVELS }, (_, level) => of(level)));
}

function planes({ bytes, width, height }: YuvPixels): { y: Uint8Array; u: Uint8Array; v: Uint8Array } {
  const luma = width * height;
  const chroma = Math.ceil(width / 2) * Math.ceil(height / 2);
  return {
    y: bytes.subarray(0, luma),
    u: bytes.subarray(luma, luma + chroma),
    v: bytes.subarray(luma + chroma, luma + 2 * chroma),
  };
}

function planesOf(bytes: Uint8Array, size: PlaneSize): YuvPicture {
  const { y, u, v } = planes({ bytes, ...size });
  const [stride, half] = [size.width, size.width / 2];
  return {
    ...size,
    y: { pixels: y, stride },
    u: { pixels: u, stride: half },
    v: { pixels: v, stride: half },
  };
}

function halfOf({ width, height }: PlaneSize): PlaneSize {
  return { width: Math.ceil(width / 2), height: Math.ceil(height / 2) };
}

function fit({ width, height }: PlaneSize, maxWidth: number, widthStep: number): PlaneSize {
  const multipleOf = (step: number, pixels: number): number =>
    Math.max(step, step * Math.floor(pixels / step));
  const fitted = multipleOf(widthStep, Math.min(maxWidth, width));
  return { width: fitted, height: multipleOf(2, (fitted * height) / width) };
}

/** uint8 [H, W, 3] RGB of full-range YUV by BT.601, which FFmpeg goes by where nothing else is said. */
function rgbOf(bytes: Uint8Array, size: PlaneSize): Uint8Array {
  const { y, u, v } = planes({ bytes, ...size });
  const rgb = new Uint8ClampedArray(size.width * size.height * RGB_BYTES);
  const half = size.width / 2;
  for (let row = 0, at = 0; row < size.height; row += 1) {
    for (let x = 0; x < size.width; x += 1, at += RGB_BYTES) {
      const luma = y[row * size.width + x] ?? 0;
      const chroma = (row >> 1) * half + (x >> 1);
      const blue = (u[chroma] ?? 0) - 128;
      const red = (v[chroma] ?? 0) - 128;
      rgb[at] = luma + 1.402 * red;
      rgb[at + 1] = luma - 0.344_136 * blue - 0.714_136 * red;
      rgb[at + 2] = luma + 1.772 * blue;
    }
  }
  return new Uint8Array(rgb.buffer);
}
