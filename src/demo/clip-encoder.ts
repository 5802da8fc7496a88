import {
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_OPT_SEARCH_CHILDREN,
  AV_OPT_TYPE_STRING,
  AV_PIX_FMT_RGBA,
  AV_PIX_FMT_YUV420P,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  FF_ENCODER_LIBX264,
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

/** Keeps the demo clips small. */
const CRF = 31;
const KEYFRAME_EVERY_S = 2;

/**
 * Writes an MP4 file of H.264 (yuv420p, no B-frames, a keyframe exactly every 2 s) from RGBA pictures.
 *
 * Synchronous and single-threaded, so that the same pictures always make the same file.
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

  /** `crf`: constant rate factor of x264, from 0 to 51; higher is smaller and coarser. */
  constructor(path: string, size: Viewport, fps: number, crf = CRF, preset: CodingPreset = 'slower') {
    const encoder = Codec.findEncoderByName(FF_ENCODER_LIBX264);
    if (encoder === null) throw new Error('this build of FFmpeg has no libx264');
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
    this.#setOption(this.#codec, 'x264-params', 'scenecut=0');
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
