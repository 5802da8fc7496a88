import { isNetworkUrl } from '../../camera/camera-url.js';
import type { DecodeSettings } from '../../camera/decode-config.js';
import type { Clock } from '../../clock.js';
import { AppError } from '../../errors.js';
import type { StreamInfo, StreamSource } from '../../protocol/camera.js';
import { redactUrl } from '../../redact.js';
import { US_PER_S } from '../../units.js';
import { AreaScalers } from './area-scaler.js';
import {
  READ_TIMEOUT_MS,
  type ClipWriter,
  type Decoder,
  type EncodedPacket,
  type StreamStep,
} from './decoder.js';
import { FfmpegChild } from './ffmpeg-child.js';
import { FfmpegClipWriter } from './ffmpeg-clip.js';
import { hardwareFailed, openFailed, streamEnded } from './ffmpeg-error.js';
import { PacketTime, type TimedPacket } from './packet-time.js';
import { StreamTime } from './stream-time.js';
import { bytesPool, YuvFrame, type YuvShared } from './yuv-frame.js';

/** A camera that lets ffmpeg in and then shows nothing. */
const OPEN_DEADLINE_MS = 10_000;
const DEFAULT_FPS = 25;
/** Buffers of whole pictures kept for the next ones: some wait, some are shown or held for snapshots. */
const SPARE_BUFFERS = 4;

export interface FfmpegDecoderOptions {
  settings: DecodeSettings;
  clock: Clock;
}

/** The decoder by an `ffmpeg` of the system, in a child process, of which nothing is linked in. */
export class FfmpegDecoder implements Decoder {
  readonly #options: FfmpegDecoderOptions;
  readonly #shared: YuvShared = { scalers: new AreaScalers(), pool: bytesPool(SPARE_BUFFERS) };
  #settings: DecodeSettings;
  #source: StreamSource | null = null;
  #child: FfmpegChild | null = null;
  #codec = 'unknown';
  #time = new StreamTime(US_PER_S / DEFAULT_FPS);
  #lastFrameUs = -1;
  #packetTime = new PacketTime();
  #current: YuvFrame | null = null;
  #wake: () => void = () => undefined;

  constructor(options: FfmpegDecoderOptions) {
    this.#options = options;
    this.#settings = options.settings;
  }

  async open(source: StreamSource): Promise<StreamInfo> {
    this.#source = source;
    try {
      const child = await this.#start(source);
      const warning = child.hasShown ? null : hardwareFailed(child, this.#settings);
      if (warning === null) return this.#infoOf(child);
      await this.#end();
      this.#settings = { ...this.#settings, hardware: 'none' };
      return { ...this.#infoOf(await this.#start(source)), warning };
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  next(): StreamStep | Promise<StreamStep> {
    this.#current?.free();
    this.#current = null;
    return this.#ready() ?? this.#wait();
  }

  writeClip(file: string): ClipWriter {
    const child = this.#child;
    if (child === null) throw new Error('the decoder is not open');
    return new FfmpegClipWriter({
      file,
      codec: this.#codec,
      ffmpeg: this.#settings.ffmpeg,
      tables: child.tables,
    });
  }

  async rewind(): Promise<void> {
    if (this.#source === null) throw new Error('the decoder is not open');
    await this.#end();
    this.#time.rewound();
    const child = await this.#start(this.#source);
    if (child.stream === null) throw openFailed(child, this.#source.url);
  }

  interrupt(): void {
    this.#child?.kill();
    this.#wake();
  }

  async close(): Promise<void> {
    this.#current?.free();
    this.#current = null;
    await this.#end();
  }

  async #end(): Promise<void> {
    this.#child?.kill();
    await this.#child?.ended;
    this.#child = null;
  }

  /** A child that has shown a picture, or has ended. */
  async #start(source: StreamSource): Promise<FfmpegChild> {
    const child = new FfmpegChild({
      source,
      settings: this.#settings,
      pool: this.#shared.pool,
      place: (ownUs) => this.#place(ownUs),
      onChange: () => {
        this.#wake();
      },
    });
    this.#child = child;
    const { clock } = this.#options;
    const deadlineMs = clock.monotonicMs() + OPEN_DEADLINE_MS;
    while (!child.hasShown && child.exit === null) {
      await this.#changed(deadlineMs - clock.monotonicMs());
      if (clock.monotonicMs() < deadlineMs) continue;
      const shown = redactUrl(source.url);
      throw new AppError(
        'camera.open_failed',
        `${shown} shows no picture within ${OPEN_DEADLINE_MS / 1_000} s`,
      );
    }
    if (child.failure !== null) throw child.failure;
    return child;
  }

  #infoOf(child: FfmpegChild): StreamInfo {
    const { stream } = child;
    if (stream === null) throw openFailed(child, this.#sourceUrl);
    const { width, height, fps, codec } = stream;
    this.#codec = codec;
    return { width, height, fps, codec };
  }

  get #sourceUrl(): string {
    return this.#source?.url ?? '';
  }

  #place(ownUs: number | null): number {
    const { dtsUs } = this.#time.place({ ptsUs: ownUs, dtsUs: ownUs, durationUs: 0 });
    this.#lastFrameUs = Math.max(Math.round(dtsUs), this.#lastFrameUs + 1);
    this.#packetTime.frameAt(ownUs ?? 0, this.#lastFrameUs);
    return this.#lastFrameUs;
  }

  #ready(): StreamStep | null {
    const child = this.#child;
    if (child === null) throw new Error('the decoder is not open');
    const packet = child.takePacket();
    if (packet !== undefined) return { type: 'packet', packet: encoded(this.#packetTime.place(packet)) };
    const frame = child.takeFrame();
    if (frame !== undefined) {
      this.#current = new YuvFrame(frame.pixels, frame.ptsUs, this.#shared);
      return { type: 'frame', frame: this.#current };
    }
    if (child.takeCorrupt()) return { type: 'corrupt' };
    return child.exit === null ? null : this.#atEnd(child);
  }

  #atEnd(child: FfmpegChild): StreamStep {
    if (child.failure !== null) throw child.failure;
    const isSignal = Number.isNaN(Number(child.exit));
    if (isSignal || isNetworkUrl(this.#sourceUrl)) throw streamEnded(child, this.#sourceUrl);
    return { type: 'end' };
  }

  async #wait(): Promise<StreamStep> {
    const { clock } = this.#options;
    const deadlineMs = clock.monotonicMs() + READ_TIMEOUT_MS;
    for (;;) {
      const leftMs = deadlineMs - clock.monotonicMs();
      if (leftMs <= 0) return { type: 'nothing' };
      await this.#changed(leftMs);
      const step = this.#ready();
      if (step !== null) return step;
    }
  }

  #changed(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(withinMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}

function encoded({ bytes, key, ptsUs, shownUs }: TimedPacket): EncodedPacket {
  return { bytes: bytes.length, key, ptsUs, shownUs, data: () => bytes, free: () => undefined };
}
