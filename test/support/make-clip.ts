/** Small clips made on the spot, so that no test needs a binary fixture. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { CodecContext, Codec, FFmpegError, FormatContext, Frame, Packet, Rational } from 'node-av/lib';
import {
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_PIX_FMT_YUV420P,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  FF_ENCODER_LIBX264,
  FF_ENCODER_LIBX265,
  FF_ENCODER_MPEG4,
} from 'node-av/constants';

export interface ClipOptions {
  /** Pixels; both even. */
  width: number;
  height: number;
  fps: number;
  seconds: number;
  /** Frames from one keyframe to the next. */
  gop: number;
  codec: 'h264' | 'h265' | 'mpeg4';
}

const defaults: ClipOptions = { width: 320, height: 240, fps: 25, seconds: 2, gop: 25, codec: 'h264' };

const encoders = { h264: FF_ENCODER_LIBX264, h265: FF_ENCODER_LIBX265, mpeg4: FF_ENCODER_MPEG4 };

/**
 * Writes a bright square crossing a dark gradient: an MP4, or an MPEG transport stream where `file` ends in `.ts`.
 * Throws an FFmpegError when encoding fails.
 */
export function makeClip(file: string, options: Partial<ClipOptions> = {}): void {
  const clip = { ...defaults, ...options };
  const isTransportStream = file.endsWith('.ts');
  const encoder = openEncoder(clip, !isTransportStream);
  const output = new FormatContext();
  const packet = new Packet();
  packet.alloc();
  try {
    check(output.allocOutputContext2(null, isTransportStream ? 'mpegts' : 'mp4', file), 'allocate output');
    const stream = output.newStream();
    check(stream.codecpar.fromContext(encoder), 'copy parameters');
    stream.timeBase = encoder.timeBase;
    check(output.openOutputSync(), 'open output');
    check(output.writeHeaderSync(), 'write header');
    encodeFrames(encoder, clip, packet, () => {
      packet.streamIndex = 0;
      packet.duration = 1n;
      packet.rescaleTs(encoder.timeBase, stream.timeBase);
      check(output.interleavedWriteFrameSync(packet), 'write packet');
    });
    check(output.writeTrailerSync(), 'write trailer');
    output.closeOutputSync();
  } finally {
    packet.free();
    encoder.freeContext();
    output.freeContext();
  }
}

/** Writes the parts one after the other as a bare H.264 stream: a stream whose resolution changes on the way. */
export function makeBareStream(file: string, parts: readonly Partial<ClipOptions>[]): void {
  writeFileSync(file, '');
  for (const part of parts) {
    const clip = { ...defaults, ...part };
    const encoder = openEncoder(clip, false);
    const packet = new Packet();
    packet.alloc();
    try {
      encodeFrames(encoder, clip, packet, () => {
        appendFileSync(file, packet.data ?? Buffer.alloc(0));
      });
    } finally {
      packet.free();
      encoder.freeContext();
    }
  }
}

function openEncoder(clip: ClipOptions, globalHeader: boolean): CodecContext {
  const { width, height, fps, gop } = clip;
  const codec = Codec.findEncoderByName(encoders[clip.codec]);
  if (codec === null) throw new Error(`this build of FFmpeg has no encoder for ${clip.codec}`);
  const encoder = new CodecContext();
  encoder.allocContext3(codec);
  encoder.width = width;
  encoder.height = height;
  encoder.pixelFormat = AV_PIX_FMT_YUV420P;
  encoder.timeBase = new Rational(1, fps);
  encoder.framerate = new Rational(fps, 1);
  encoder.gopSize = gop;
  encoder.maxBFrames = 2;
  encoder.threadCount = 1;
  if (globalHeader) encoder.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  encoder.setOption('preset', 'ultrafast');
  // The preset turns B-frames off; they must be there, because reordering is what decoders get wrong.
  encoder.setOption('x264-params', 'bframes=2:scenecut=0');
  encoder.setOption('x265-params', `bframes=2:scenecut=0:keyint=${gop}:min-keyint=${gop}:log-level=none`);
  check(encoder.open2Sync(codec, null), 'open encoder');
  return encoder;
}

function encodeFrames(encoder: CodecContext, clip: ClipOptions, packet: Packet, onPacket: () => void): void {
  const pixels = Buffer.alloc((clip.width * clip.height * 3) / 2, 128);
  const frames = Math.round(clip.fps * clip.seconds);
  for (let index = 0; index < frames; index += 1) {
    draw(pixels, clip, index);
    const frame = Frame.fromVideoBuffer(pixels, {
      width: clip.width,
      height: clip.height,
      format: AV_PIX_FMT_YUV420P,
      pts: BigInt(index),
    });
    check(encoder.sendFrameSync(frame), 'send frame');
    frame.free();
    drain(encoder, packet, onPacket);
  }
  check(encoder.sendFrameSync(null), 'flush encoder');
  drain(encoder, packet, onPacket);
}

function drain(encoder: CodecContext, packet: Packet, onPacket: () => void): void {
  for (;;) {
    const code = encoder.receivePacketSync(packet);
    if (code === AVERROR_EAGAIN || code === AVERROR_EOF) return;
    check(code, 'receive packet');
    onPacket();
    packet.unref();
  }
}

/** Luma only: the chroma planes stay gray. */
function draw(pixels: Buffer, { width, height, fps }: ClipOptions, index: number): void {
  for (let y = 0; y < height; y += 1) {
    const row = y * width;
    for (let x = 0; x < width; x += 1) pixels[row + x] = 40 + ((x + y) * 60) / (width + height);
  }
  const side = Math.floor(height / 4);
  const left = Math.floor(((index / fps) * (width / 3)) % (width - side));
  const top = Math.floor(height / 3);
  for (let y = top; y < top + side; y += 1) pixels.fill(220, y * width + left, y * width + left + side);
}

function check(code: number, operation: string): void {
  FFmpegError.throwIfError(code, operation);
}
