import { setImmediate as letOthersRun } from 'node:timers/promises';
import { isNetworkUrl } from '../../camera/camera-url.js';
import type { Clock } from '../../clock.js';
import { AppError, type ErrorRecord } from '../../errors.js';
import type { Place } from '../../event.js';
import type {
  CameraMessage,
  Clip,
  ClipRequest,
  ClipWish,
  LiveRequest,
  RecordedClip,
  StreamInfo,
  StreamSource,
} from '../../protocol/camera.js';
import { redactUrl } from '../../redact.js';
import { Arrivals } from './arrivals.js';
import { CLIP_WIDTH, clipOf } from './clip.js';
import { ClipRecordings } from './clip-recording.js';
import type { DecodedFrame, Decoder, EncodedPacket } from '../decode/decoder.js';
import { FrameSampler } from './frame-sampler.js';
import { LiveOutput } from './live-output.js';
import { OlderFrames } from './older-frames.js';
import { PacketRing } from './packet-ring.js';
import { Pacer } from './pacer.js';
import { RecentFrames } from './recent-frames.js';
import type { VadOutput } from './vad-output.js';

/** Without a readable packet for this long, the stream has stalled. */
const STALL_MS = 5000;
const PROGRESS_INTERVAL_MS = 1000;
const SNAPSHOT_QUALITY = 85;

export interface SessionOptions {
  source: StreamSource;
  decoder: Decoder;
  /** Frames per second of stream time. */
  vadFps: number;
  vad: VadOutput;
  send: (message: CameraMessage) => void;
  clock: Clock;
}

/**
 * One stream from open to close. It shares its thread with the control calls and lets them in after every packet.
 *
 * A file plays in real time by its timestamps, and a frame's wall time is the moment it was due. A camera's frames
 * are taken as they come, and their wall time is the moment their packet arrived.
 */
export class StreamSession {
  readonly #options: SessionOptions;
  readonly #clock: Clock;
  #vadSampler: FrameSampler;
  readonly #live: LiveOutput;
  /** For files only. */
  readonly #pacer: Pacer | null;
  readonly #ring = new PacketRing<EncodedPacket>((packet) => {
    packet.free();
  });
  readonly #recent = new RecentFrames();
  readonly #older = new OlderFrames(CLIP_WIDTH);
  #recordings: ClipRecordings;
  #arrivals: Arrivals;
  #running = false;
  #ended: Promise<void> = Promise.resolve();
  #packets = 0;
  #corruptPackets = 0;
  #decodedFrames = 0;
  #framesBeforeRewind = 0;
  #lastProgressMs = 0;
  #packetsReported = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#vadSampler = new FrameSampler(options.vadFps);
    this.#live = new LiveOutput(options.send);
    this.#pacer = isNetworkUrl(options.source.url) ? null : new Pacer(options.clock);
    this.#arrivals = new Arrivals(options.clock);
    this.#recordings = this.#recordingsOf('unknown');
  }

  /**
   * Opens the stream and starts to read it. Throws what {@link Decoder.open} throws, and it is over then; otherwise
   * one `closed` message follows at the end.
   */
  async open(): Promise<StreamInfo> {
    const info = await this.#options.decoder.open(this.#options.source);
    this.#recordings = this.#recordingsOf(info.codec);
    this.#arrivals = new Arrivals(this.#clock);
    this.#lastProgressMs = this.#clock.monotonicMs();
    this.#running = true;
    this.#ended = this.#run();
    return info;
  }

  get running(): boolean {
    return this.#running;
  }

  setLive(request: LiveRequest | null): void {
    this.#live.set(request);
  }

  setVadFps(fps: number): void {
    this.#vadSampler = new FrameSampler(fps);
  }

  /** A JPEG; see `CameraApi.snapshot`. Throws `snapshot.not_found`. */
  snapshot(ptsUs: number | null, maxWidth: number, marked?: Place): ArrayBuffer {
    const request = { width: maxWidth, quality: SNAPSHOT_QUALITY, prefixBytes: 0, marked };
    return this.#held(ptsUs).toJpeg(request).buffer;
  }

  /** See `CameraApi.clip`. Throws `snapshot.not_found`. */
  clip(ptsUs: number, wish: ClipWish, box: Place['box'] | null): Clip {
    return clipOf(this.#held(ptsUs), [...this.#older.frames, ...this.#recent.frames], wish, box);
  }

  /** See `CameraApi.recordClip`. */
  async recordClip(request: ClipRequest): Promise<RecordedClip> {
    return this.#recordings.begin(request, this.#ring.packets());
  }

  /** See `CameraApi.endClip`. */
  endClip(id: string, lastUs: number | null, postS: number): void {
    this.#recordings.end(id, lastUs, postS);
  }

  /** Lets go of what blocks the session; `close` follows. */
  interrupt(): void {
    this.#options.decoder.interrupt();
  }

  /** Ends the session, if it is still on, and resolves when all it held is free. */
  async close(): Promise<void> {
    this.#running = false;
    this.#pacer?.cancel();
    this.interrupt();
    await this.#ended;
  }

  async #run(): Promise<void> {
    let error: ErrorRecord | null = null;
    // The answer to `open` goes first: a read may block.
    await letOthersRun();
    try {
      while (this.running && (await this.#step()));
      this.#reportProgress();
    } catch (thrown) {
      // What a read fails of once it has been interrupted is no fault of the stream.
      if (this.running) error = AppError.from(thrown).toRecord();
    }
    this.#running = false;
    await this.#recordings.close();
    this.#recent.clear();
    this.#older.clear();
    this.#ring.clear();
    await this.#options.decoder.close();
    this.#options.send({ type: 'closed', error });
  }

  /** Takes the stream's next step; false at its end. */
  async #step(): Promise<boolean> {
    const askedMs = this.#clock.monotonicMs();
    const next = this.#options.decoder.next();
    // Not awaited without need: a decoder in this process answers at once, many times a second.
    const step = next instanceof Promise ? await next : next;
    switch (step.type) {
      case 'packet':
        this.#acceptPacket(step.packet, askedMs);
        break;
      case 'frame':
        await this.#acceptFrame(step.frame);
        return true;
      case 'corrupt':
        this.#corruptPackets += 1;
        this.#checkStall();
        break;
      case 'nothing':
        this.#checkStall();
        break;
      case 'end':
        return this.#startOver();
    }
    await letOthersRun();
    return true;
  }

  #acceptPacket(packet: EncodedPacket, askedMs: number): void {
    this.#packets += 1;
    this.#arrivals.note(askedMs);
    this.#recordings.offer(packet);
    this.#ring.offer(packet);
    if (this.#clock.monotonicMs() - this.#lastProgressMs >= PROGRESS_INTERVAL_MS) this.#reportProgress();
  }

  async #acceptFrame(frame: DecodedFrame): Promise<void> {
    this.#decodedFrames += 1;
    const wallTime = (await this.#pacer?.due(frame.ptsUs)) ?? this.#arrivals.lastWallTime;
    if (!this.running) return;
    if (this.#vadSampler.take(frame.ptsUs)) {
      this.#recent.add(frame);
      this.#older.offer(frame);
      this.#options.vad.offer(frame, wallTime);
    }
    this.#live.offer(frame, wallTime);
  }

  #held(ptsUs: number | null): DecodedFrame {
    const frame = this.#recent.at(ptsUs);
    if (frame === undefined) {
      throw new AppError('snapshot.not_found', 'that frame is not held, or the camera has not shown one yet');
    }
    return frame;
  }

  #recordingsOf(codec: string): ClipRecordings {
    return new ClipRecordings({ codec, write: (file) => this.#options.decoder.writeClip(file) });
  }

  async #startOver(): Promise<boolean> {
    const shown = redactUrl(this.#options.source.url);
    if (this.#decodedFrames === this.#framesBeforeRewind) {
      throw new AppError('camera.stream_ended', `${shown} ended without a picture that can be decoded`);
    }
    if (!this.#options.source.loop) return false;
    this.#framesBeforeRewind = this.#decodedFrames;
    await this.#options.decoder.rewind();
    return true;
  }

  #checkStall(): void {
    const { silentMs } = this.#arrivals;
    if (silentMs < STALL_MS) return;
    const shown = redactUrl(this.#options.source.url);
    throw new AppError('camera.stalled', `no readable packet from ${shown} for ${Math.round(silentMs)} ms`);
  }

  #reportProgress(): void {
    this.#lastProgressMs = this.#clock.monotonicMs();
    if (this.#packets === this.#packetsReported) return;
    this.#packetsReported = this.#packets;
    const { vad, send } = this.#options;
    send({
      type: 'progress',
      counters: {
        packets: this.#packets,
        decodedFrames: this.#decodedFrames,
        corruptPackets: this.#corruptPackets,
        vadFrames: vad.sent,
        vadFramesDropped: vad.dropped,
        liveFrames: this.#live.sent,
        ringBytes: this.#ring.bytes,
        ringSeconds: this.#ring.seconds,
        ringPacketsEvicted: this.#ring.evicted,
      },
    });
  }
}
