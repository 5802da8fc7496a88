import {
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_OPT_SEARCH_CHILDREN,
  AV_OPT_TYPE_STRING,
  AV_PIX_FMT_RGBA,
  AV_PIX_FMT_YUV420P,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  FF_ENCODER_LIBX264,
  FF_ENCODER_LIBX265,
  SWS_AREA,
} from 'node-av/constants';
import {
  Codec,
  CodecContext,
  FFmpegError,
  FormatContext,
  Frame,
  Packet,
  Rational,
  SoftwareScaleContext,
  type Stream,
} from 'node-av/lib';
import type { Viewport } from './perspective.js';

/** How long x264 searches for what repeats: `slower` makes smaller files, `veryfast` is as a camera codes. */
type CodingPreset = 'veryfast' | 'slower';

/** Each with its encoder and the name of that encoder's own options, in which a sudden change adds no keyframe. */
const coders = {
  h264: { encoder: FF_ENCODER_LIBX264, options: 'x264-params', own: 'scenecut=0' },
  h265: { encoder: FF_ENCODER_LIBX265, options: 'x265-params', own: 'scenecut=0:log-level=error' },
} as const;
export type ClipCodec = keyof typeof coders;

/** Keeps the demo clips small. */
const CRF = 31;
const KEYFRAME_EVERY_S = 2;

/**
 * Writes an MP4 file of H.264 or H.265 (yuv420p, no B-frames, a keyframe exactly every 2 s) from RGBA pictures.
 *
 * Synchronous and single-threaded, so that the same pictures always make the same file of H.264.
 */
export class ClipEncoder {
  readonly #output = new FormatContext();
  readonly #codec = new CodecContext();
  readonly #scaler = new SoftwareScaleContext();
  readonly #packet = new Packet();
  readonly #frame = new Frame();
  readonly #stream: Stream;
  readonly #size: Viewport;
  #written = 0n;

  /** `crf`: constant rate factor of the encoder, from 0 to 51; higher is smaller and coarser. */
  constructor(
    path: string,
    size: Viewport,
    fps: number,
    crf = CRF,
    preset: CodingPreset = 'slower',
    codec: ClipCodec = 'h264',
  ) {
    const coder = coders[codec];
    const encoder = Codec.findEncoderByName(coder.encoder);
    if (encoder === null) throw new Error(`this build of FFmpeg has no ${coder.encoder}`);
    this.#size = size;
    FFmpegError.throwIfError(this.#output.allocOutputContext2(null, 'mp4', path), 'allocOutputContext2');

    this.#codec.allocContext3(encoder);
    this.#codec.width = size.width;
    this.#codec.height = size.height;
    this.#codec.pixelFormat = AV_PIX_FMT_YUV420P;
    this.#codec.timeBase = new Rational(1, fps);
    this.#codec.framerate = new Rational(fps, 1);
    this.#codec.gopSize = KEYFRAME_EVERY_S * fps;
    this.#codec.maxBFrames = 0;
    this.#codec.threadCount = 1;
    this.#codec.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
    // Set one by one: node-av 6.1 frees a Dictionary that was passed to `open2` or `writeHeader` a second time.
    this.#setOption(this.#codec, 'preset', preset);
    this.#setOption(this.#codec, 'crf', String(crf));
    // A sudden change must not add a keyframe: seeking relies on their even spacing.
    this.#setOption(this.#codec, coder.options, coder.own);
    FFmpegError.throwIfError(this.#codec.open2Sync(encoder), 'open2');

    this.#stream = this.#output.newStream();
    this.#stream.timeBase = this.#codec.timeBase;
    this.#stream.avgFrameRate = this.#codec.framerate;
    FFmpegError.throwIfError(this.#stream.codecpar.fromContext(this.#codec), 'codecpar');
    FFmpegError.throwIfError(this.#output.openOutputSync(), 'openOutput');
    // The index comes first, so that a browser can play the file while it loads.
    this.#setOption(this.#output, 'movflags', '+faststart');
    FFmpegError.throwIfError(this.#output.writeHeaderSync(), 'writeHeader');

    this.#packet.alloc();
    this.#frame.alloc();
    this.#frame.width = size.width;
    this.#frame.height = size.height;
    this.#frame.format = AV_PIX_FMT_YUV420P;
    FFmpegError.throwIfError(this.#frame.getBuffer(), 'getBuffer');
    const { width, height } = size;
    this.#scaler.getContext(width, height, AV_PIX_FMT_RGBA, width, height, AV_PIX_FMT_YUV420P, SWS_AREA);
  }

  /** Appends a picture: uint8 [height, width, 4] RGBA. */
  write(rgba: Buffer): void {
    // The encoder may still hold the picture before.
    FFmpegError.throwIfError(this.#frame.makeWritable(), 'makeWritable');
    const planes = this.#frame.data;
    if (planes === null) throw new Error('the frame has no planes');
    const { width, height } = this.#size;
    const rows = this.#scaler.scaleSync([rgba], [width * 4], 0, height, planes, this.#frame.linesize);
    FFmpegError.throwIfError(rows, 'scale');
    this.#frame.pts = this.#written++;
    FFmpegError.throwIfError(this.#codec.sendFrameSync(this.#frame), 'sendFrame');
    this.#drain();
  }

  /** Flushes the encoder and completes the file; the encoder cannot be used again. */
  finish(): void {
    FFmpegError.throwIfError(this.#codec.sendFrameSync(null), 'flush');
    this.#drain();
    FFmpegError.throwIfError(this.#output.writeTrailerSync(), 'writeTrailer');
    this.#frame.free();
    this.#packet.free();
    this.#scaler.freeContext();
    this.#codec.freeContext();
    this.#output.closeOutputSync();
    this.#output.freeContext();
  }

  #setOption(target: CodecContext | FormatContext, name: string, value: string): void {
    const result = target.setOption(name, value, AV_OPT_TYPE_STRING, AV_OPT_SEARCH_CHILDREN);
    FFmpegError.throwIfError(result, `option ${name}`);
  }

  #drain(): void {
    for (;;) {
      const result = this.#codec.receivePacketSync(this.#packet);
      if (result === AVERROR_EAGAIN || result === AVERROR_EOF) return;
      FFmpegError.throwIfError(result, 'receivePacket');
      this.#packet.streamIndex = this.#stream.index;
      // The muxer may have chosen another time base while writing the header.
      this.#packet.duration = 1n;
      this.#packet.rescaleTs(this.#codec.timeBase, this.#stream.timeBase);
      FFmpegError.throwIfError(this.#output.interleavedWriteFrameSync(this.#packet), 'writeFrame');
    }
  }
}
