import { constants } from 'node:os';
import { AV_NOPTS_VALUE, AV_PKT_FLAG_CORRUPT, AVERROR_EAGAIN, AVERROR_EOF } from 'node-av/constants';
import { avGetCodecName, Codec, CodecContext, Frame, Packet, Rational, type Stream } from 'node-av/lib';
import { isNetworkUrl } from '../../camera/camera-url.js';
import type { HardwareDecoding } from '../../camera/decode-config.js';
import { AppError } from '../../errors.js';
import type { StreamInfo, StreamSource } from '../../protocol/camera.js';
import { redactUrl } from '../../redact.js';
import { US_PER_S } from '../../units.js';
import { avError, mustSucceed } from './av-error.js';
import { AvConverters, AvFrame } from './av-frame.js';
import { openHardware, type AvHardware } from './av-hardware.js';
import { openInput, type AvInput } from './av-input.js';
import { AvClipWriter } from './av-muxer.js';
import {
  MAX_PICTURE_SIDE,
  type ClipWriter,
  type Decoder,
  type EncodedPacket,
  type StreamStep,
} from './decoder.js';
import { MAX_PICTURE_PIXELS, pictureRejected } from './input-limits.js';
import { StreamTime, type PlacedTimes } from './stream-time.js';

/** Distance of frames where neither the stream nor its packets tell. */
const DEFAULT_FPS = 25;
/** A nominal rate out of this range is damage or no rate at all. */
const PLAUSIBLE_FPS = { min: 0.1, max: 1000 };
/** A file is given up after so many failed reads in a row. */
const MAX_READ_FAILURES = 16;
const TIMED_OUT = -constants.errno.ETIMEDOUT;

/** What is held while a stream is open. */
interface Opened extends AvInput {
  codec: CodecContext;
  packet: Packet;
  frame: Frame;
}

/**
 * The decoder by FFmpeg, linked in through node-av's low-level API. Only its synchronous calls are used: the thread
 * may end between them, while an asynchronous call in flight would take the process down with it.
 */
export class AvDecoder implements Decoder {
  readonly #wanted: HardwareDecoding;
  readonly #converters = new AvConverters();
  #source: StreamSource | null = null;
  #opened: Opened | null = null;
  #frameUs = US_PER_S / DEFAULT_FPS;
  #time = new StreamTime(US_PER_S / DEFAULT_FPS);
  #lastFrameUs = -1;
  #readFailures = 0;
  #hardware: AvHardware | null = null;

  /** `hardware`: falls back to the CPU, and says so in the stream's info. */
  constructor(hardware: HardwareDecoding = 'none') {
    this.#wanted = hardware;
  }

  open(source: StreamSource): StreamInfo {
    this.#source = source;
    const { hardware, ...warning } = openHardware(this.#wanted);
    this.#hardware = hardware;
    const opened = this.#openFirst(source);
    const fps = nominalFps(opened.stream);
    this.#frameUs = US_PER_S / (fps === 0 ? DEFAULT_FPS : fps);
    this.#time = new StreamTime(this.#frameUs);
    const { width, height, codecId } = opened.stream.codecpar;
    return { width, height, fps, codec: avGetCodecName(codecId) ?? 'unknown', ...warning };
  }

  next(): StreamStep {
    const opened = this.#opened;
    if (opened === null) throw new Error('the decoder is not open');
    const status = opened.codec.receiveFrameSync(opened.frame);
    if (status >= 0) return { type: 'frame', frame: this.#accept(this.#inMemory(opened.frame)) };
    if (status === AVERROR_EOF) return { type: 'end' };
    return status === AVERROR_EAGAIN ? this.#read(opened) : { type: 'corrupt' };
  }

  writeClip(file: string): ClipWriter {
    if (this.#opened === null) throw new Error('the decoder is not open');
    return new AvClipWriter(file, this.#opened.stream.codecpar, this.#frameUs);
  }

  rewind(): void {
    if (this.#source === null) throw new Error('the decoder is not open');
    // Opening anew works for every container; seeking does not (a bare H.264 stream has no index).
    this.#closeStream();
    this.#openStream(this.#source);
    this.#time.rewound();
  }

  /** A read that blocks cannot be interrupted; it ends by its own time limit. */
  interrupt(): void {
    return;
  }

  close(): void {
    this.#closeStream();
    this.#converters.free();
    this.#hardware?.free();
    this.#hardware = null;
  }

  #openFirst(source: StreamSource): Opened {
    try {
      return this.#openStream(source);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #openStream(source: StreamSource): Opened {
    const opened = openStream(source, this.#hardware);
    this.#opened = opened;
    return opened;
  }

  #closeStream(): void {
    if (this.#opened !== null) closeStream(this.#opened);
    this.#opened = null;
  }

  #inMemory(frame: Frame): Frame {
    return this.#hardware === null ? frame : this.#hardware.inMemory(frame);
  }

  #accept(frame: Frame): AvFrame {
    const { width, height, bestEffortTimestamp } = frame;
    if (width > MAX_PICTURE_SIDE || height > MAX_PICTURE_SIDE) throw pictureRejected(width, height);
    const ownUs = bestEffortTimestamp === AV_NOPTS_VALUE ? 0 : Number(bestEffortTimestamp);
    this.#lastFrameUs = Math.max(ownUs, this.#lastFrameUs + 1);
    return new AvFrame(frame, this.#lastFrameUs, this.#converters);
  }

  #read(opened: Opened): StreamStep {
    const { context, stream, packet, codec } = opened;
    const status = context.readFrameSync(packet);
    if (status < 0) return this.#readFailed(opened, status);
    this.#readFailures = 0;
    try {
      if (packet.streamIndex !== stream.index) return { type: 'nothing' };
      if (packet.hasFlags(AV_PKT_FLAG_CORRUPT)) return { type: 'corrupt' };
      const times = this.#place(packet, stream);
      if (codec.sendPacketSync(packet) < 0) return { type: 'corrupt' };
      return { type: 'packet', packet: keepPacket(packet, times) };
    } finally {
      packet.unref();
    }
  }

  #readFailed({ codec }: Opened, status: number): StreamStep {
    if (status === TIMED_OUT) return { type: 'nothing' };
    if (this.#source !== null && isNetworkUrl(this.#source.url)) {
      // A lost connection looks like the end of a file, but no camera comes to an end.
      throw avError('camera.stream_ended', `${redactUrl(this.#source.url)} broke off`, status);
    }
    this.#readFailures += 1;
    if (status !== AVERROR_EOF && this.#readFailures < MAX_READ_FAILURES) return { type: 'corrupt' };
    // The decoder still holds frames; once they are out it reports the end.
    codec.sendPacketSync(null);
    return { type: 'nothing' };
  }

  /** Rewrites the packet's timestamps, so that the decoder hands them on to its frames in our time. */
  #place(packet: Packet, stream: Stream): PlacedTimes {
    const usPerTick = (stream.timeBase.num / stream.timeBase.den) * US_PER_S;
    const inUs = (ticks: bigint): number | null => {
      const us = Number(ticks) * usPerTick;
      return ticks === AV_NOPTS_VALUE || !Number.isFinite(us) ? null : us;
    };
    const times = this.#time.place({
      ptsUs: inUs(packet.pts),
      dtsUs: inUs(packet.dts),
      durationUs: inUs(packet.duration) ?? 0,
    });
    packet.pts = times.ptsUs === null ? AV_NOPTS_VALUE : BigInt(Math.round(times.ptsUs));
    packet.dts = BigInt(Math.round(times.dtsUs));
    return times;
  }
}

function openStream(source: StreamSource, hardware: AvHardware | null): Opened {
  const input = openInput(source);
  const codec = new CodecContext();
  try {
    openCodec(codec, input.stream, { shownUrl: redactUrl(source.url), hardware });
    const packet = new Packet();
    packet.alloc();
    const frame = new Frame();
    frame.alloc();
    return { ...input, codec, packet, frame };
  } catch (error) {
    codec.freeContext();
    input.context.closeInputSync();
    throw error;
  }
}

function closeStream({ context, codec, packet, frame }: Opened): void {
  frame.free();
  packet.free();
  codec.freeContext();
  context.closeInputSync();
}

function openCodec(
  context: CodecContext,
  { codecpar }: Stream,
  { shownUrl, hardware }: { shownUrl: string; hardware: AvHardware | null },
): void {
  const codec = Codec.findDecoder(codecpar.codecId);
  if (codec === null)
    throw new AppError('camera.open_failed', `${shownUrl} uses a codec unknown to this build`);
  context.allocContext3(codec);
  mustSucceed(context.parametersToContext(codecpar), 'set codec parameters');
  context.threadCount = 1;
  // FFmpeg takes the unit's picture format by itself then, if the unit knows the codec.
  if (hardware !== null) context.hwDeviceCtx = hardware.device;
  context.pktTimebase = new Rational(1, US_PER_S);
  context.setOption('max_pixels', MAX_PICTURE_PIXELS);
  const opened = context.open2Sync(codec, null);
  if (opened < 0) throw avError('camera.open_failed', `cannot decode ${shownUrl}`, opened);
}

/** 0 when the stream does not tell. */
function nominalFps(stream: Stream): number {
  const { num, den } = stream.avgFrameRate;
  const fps = num / den;
  return fps >= PLAUSIBLE_FPS.min && fps <= PLAUSIBLE_FPS.max ? fps : 0;
}

function keepPacket(packet: Packet, { ptsUs, dtsUs }: PlacedTimes): EncodedPacket {
  const reference = packet.clone();
  if (reference === null) throw new Error('out of memory for a reference to a packet');
  return {
    bytes: reference.size,
    key: reference.isKeyframe,
    ptsUs: dtsUs,
    shownUs: ptsUs,
    data: () => reference.data ?? Buffer.alloc(0),
    free: () => {
      reference.free();
    },
  };
}
