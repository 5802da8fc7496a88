import { SWS_AREA, type AVPixelFormat } from 'node-av/constants';
import { SoftwareScaleContext, type Frame } from 'node-av/lib';
import { mustSucceed } from './av-error.js';

export interface PictureShape {
  width: number;
  height: number;
  format: AVPixelFormat;
}

/** Converts pictures to one shape and format; set up anew when the source's or the target's changes. */
export class AvScaler {
  #context: SoftwareScaleContext | null = null;
  #from: PictureShape | null = null;
  #to: PictureShape | null = null;

  /** One plane, rows without padding: `pixels` must hold width x height bytes times the format's bytes per pixel. */
  intoPlane(source: Frame, to: PictureShape, pixels: ArrayBuffer): void {
    const planes = source.data;
    if (planes === null) throw new Error('the frame holds no picture');
    const stride = pixels.byteLength / to.height;
    const context = this.#contextFor(source, to);
    const into = Buffer.from(pixels);
    mustSucceed(context.scaleSync(planes, source.linesize, 0, source.height, [into], [stride]), 'scale');
  }

  /** `target` has its buffer allocated. */
  intoFrame(source: Frame, target: Frame): void {
    mustSucceed(this.#contextFor(source, shapeOf(target)).scaleFrameSync(target, source), 'scale');
  }

  free(): void {
    this.#context?.freeContext();
    this.#context = null;
  }

  #contextFor(source: Frame, to: PictureShape): SoftwareScaleContext {
    const from = shapeOf(source);
    if (this.#context !== null && same(this.#from, from) && same(this.#to, to)) return this.#context;
    this.free();
    const context = new SoftwareScaleContext();
    // Averages what falls into a pixel. The fast methods pick samples, and what moves flickers then.
    context.getContext(from.width, from.height, from.format, to.width, to.height, to.format, SWS_AREA);
    this.#context = context;
    this.#from = from;
    this.#to = to;
    return context;
  }
}

function shapeOf(frame: Frame): PictureShape {
  return { width: frame.width, height: frame.height, format: frame.format as AVPixelFormat };
}

function same(a: PictureShape | null, b: PictureShape): boolean {
  return a !== null && a.width === b.width && a.height === b.height && a.format === b.format;
}
