import {
  AV_CODEC_FLAG_QSCALE,
  AV_CODEC_ID_MJPEG,
  AV_PIX_FMT_YUVJ420P,
  AVCOL_RANGE_JPEG,
  FF_QP2LAMBDA,
} from 'node-av/constants';
import { Codec, CodecContext, Frame, Packet, Rational } from 'node-av/lib';
import { mustSucceed } from './av-error.js';
import { AvScaler } from './av-scaler.js';
import type { JpegPicture, JpegRequest } from './decoder.js';
import { drawPlace, type Plane, type YuvPicture } from './place-overlay.js';

/** mjpeg's quantiser: 2 is the best it does, 31 the worst. */
const BEST_QSCALE = 2;
const WORST_QSCALE = 31;

interface Encoder {
  context: CodecContext;
  frame: Frame;
  qscale: number;
}

/** Encodes pictures as JPEG with FFmpeg's mjpeg; the encoder is kept as long as size and quality stay. */
export class AvJpeg {
  readonly #scaler = new AvScaler();
  #encoder: Encoder | null = null;

  encode(source: Frame, request: JpegRequest): JpegPicture {
    const { width, height } = fit(source, request.width);
    const { context, frame } = this.#encoderFor(width, height, qscaleOf(request.quality));
    mustSucceed(frame.makeWritable(), 'prepare JPEG picture');
    this.#scaler.intoFrame(source, frame);
    if (request.marked !== undefined) drawPlace(planesOf(frame), request.marked);
    mustSucceed(context.sendFrameSync(frame), 'encode JPEG');
    const packet = new Packet();
    packet.alloc();
    try {
      mustSucceed(context.receivePacketSync(packet), 'encode JPEG');
      const buffer = new ArrayBuffer(request.prefixBytes + packet.size);
      if (packet.data !== null) Buffer.from(buffer).set(packet.data, request.prefixBytes);
      return { buffer, width, height };
    } finally {
      packet.free();
    }
  }

  free(): void {
    this.#freeEncoder();
    this.#scaler.free();
  }

  #encoderFor(width: number, height: number, qscale: number): Encoder {
    const held = this.#encoder;
    if (held?.qscale === qscale && held.frame.width === width && held.frame.height === height) return held;
    this.#freeEncoder();
    const encoder = openEncoder(width, height, qscale);
    this.#encoder = encoder;
    return encoder;
  }

  #freeEncoder(): void {
    this.#encoder?.context.freeContext();
    this.#encoder?.frame.free();
    this.#encoder = null;
  }
}

function openEncoder(width: number, height: number, qscale: number): Encoder {
  const codec = Codec.findEncoder(AV_CODEC_ID_MJPEG);
  if (codec === null) throw new Error('this build of FFmpeg has no mjpeg encoder');
  const context = new CodecContext();
  context.allocContext3(codec);
  context.width = width;
  context.height = height;
  context.pixelFormat = AV_PIX_FMT_YUVJ420P;
  context.colorRange = AVCOL_RANGE_JPEG;
  // Each picture stands alone; the encoder merely insists on a time base.
  context.timeBase = new Rational(1, 1);
  context.threadCount = 1;
  context.setFlags(AV_CODEC_FLAG_QSCALE);
  context.globalQuality = qscale * FF_QP2LAMBDA;
  mustSucceed(context.open2Sync(codec, null), 'open JPEG encoder');

  const frame = new Frame();
  frame.alloc();
  frame.width = width;
  frame.height = height;
  frame.format = AV_PIX_FMT_YUVJ420P;
  frame.quality = qscale * FF_QP2LAMBDA;
  mustSucceed(frame.getBuffer(), 'allocate JPEG picture');
  return { context, frame, qscale };
}

/** The encoder's picture, to draw on. */
function planesOf(frame: Frame): YuvPicture {
  const plane = (index: number): Plane => ({
    pixels: frame.data?.[index] ?? new Uint8Array(),
    stride: frame.linesize[index] ?? 0,
  });
  return { width: frame.width, height: frame.height, y: plane(0), u: plane(1), v: plane(2) };
}

/** Even sides, because chroma is halved; never larger than the source. */
function fit(source: Frame, maxWidth: number): { width: number; height: number } {
  const width = even(Math.min(maxWidth, source.width));
  return { width, height: even((width * source.height) / source.width) };
}

function even(pixels: number): number {
  return Math.max(2, 2 * Math.floor(pixels / 2));
}

function qscaleOf(quality: number): number {
  const share = (Math.min(100, Math.max(1, quality)) - 1) / 99;
  return Math.round(WORST_QSCALE - share * (WORST_QSCALE - BEST_QSCALE));
}
