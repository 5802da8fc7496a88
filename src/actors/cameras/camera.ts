import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { every, wait, type Clock } from '../../clock.js';
import { isNetworkUrl } from '../../camera/camera-url.js';
import type { DecodeSettings } from '../../camera/decode-config.js';
import type { CameraSettings } from '../../camera/camera-config.js';
import { AppError, type ErrorRecord } from '../../errors.js';
import type { Place } from '../../event.js';
import { openPort, type Port } from '../../port.js';
import {
  mainToCameraTransfers,
  type CameraApi,
  type CameraCounters,
  type CameraMessage,
  type Clip,
  type ClipRequest,
  type ClipWish,
  type HealthMessage,
  type LiveRequest,
  type MainToCameraMessage,
  type PictureHealth,
  type RecordedClip,
  type StreamInfo,
} from '../../protocol/camera.js';
import {
  advanceConnection,
  initialConnection,
  type Connection,
  type ConnectionEvent,
} from './camera-state.js';
import { backoffDelayMs, reconnectPolicy } from '../kernel/restart-policy.js';
import type { Child, SupervisorEvent } from '../kernel/supervisor.js';
import { Thread } from '../kernel/thread.js';
import { links } from '../kernel/topology.js';

/** A stream that does not answer: RTSP's own timeouts are shorter. */
const OPEN_DEADLINE_MS = 20_000;
const CONTROL_DEADLINE_MS = 8_000;
const TICK_MS = 500;

/** `frame` as the camera worker sent it; `sequence` counts over reconnects and restarts and wraps at 2^32. */
export interface LiveFrame {
  frame: ArrayBuffer;
  wallTime: number;
  sequence: number;
}

export interface CameraOptions {
  settings: CameraSettings;
  /** A file plays once and the camera ends with it. */
  once: boolean;
  /** Compiled entry of the camera's thread. */
  entry: URL;
  /** What decodes the stream. */
  decode: DecodeSettings;
  clock: Clock;
  /** In [0, 1). */
  random: () => number;
  /** Hands the GPU worker its end of this camera's frame channel. */
  attachGpu: (camera: string, port: MessagePort) => void;
  onLive: (camera: Camera, frame: LiveFrame) => void;
  /** The picture's health changed, or its view for good. Not told of the end of a stream, see `onConnection`. */
  onHealth: (camera: Camera, message: HealthMessage) => void;
  /** State changed; `previous` tells from what. */
  onConnection: (camera: Camera, previous: Connection) => void;
}

/**
 * One camera: its thread, and the loop that connects, streams, backs off and connects again. The thread's worker
 * only runs a session and says how it ended; every decision to try again is made here.
 */
export class Camera {
  readonly #options: CameraOptions;
  #settings: CameraSettings;
  #connection: Connection = initialConnection;
  #info: StreamInfo | null = null;
  #counters: CameraCounters | null = null;
  #health: PictureHealth = 'good';
  #live: LiveRequest | null = null;
  #liveFrames = 0;
  #isSlowed = false;
  #thread: Thread<CameraApi> | null = null;
  #port: Port<MainToCameraMessage> | null = null;
  #sessionClosed: (error: ErrorRecord | null) => void = () => undefined;

  constructor(options: CameraOptions) {
    this.#settings = options.settings;
    this.#options = options;
  }

  get settings(): CameraSettings {
    return this.#settings;
  }

  get id(): string {
    return this.settings.id;
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** What the stream is; null until it was opened for the first time. */
  get info(): StreamInfo | null {
    return this.#info;
  }

  /** What the picture is worth, as far as is known: good when there is none. */
  get health(): PictureHealth {
    return this.#health;
  }

  get counters(): CameraCounters | null {
    return this.#counters;
  }

  get live(): LiveRequest | null {
    return this.#live;
  }

  /** Starts the camera's thread; for the supervisor, which calls it again after the thread died. */
  start(): Promise<Child> {
    const { clock, entry, decode } = this.#options;
    const { vad, id } = this.settings;
    const thread = new Thread<CameraApi>({
      entry,
      name: `camera:${id}`,
      data: { vadFps: vad.fps, vadBuffers: links.vadFrames.capacity, decode },
      clock,
    });
    this.#thread = thread;
    this.#port = openPort<CameraMessage, MainToCameraMessage>(
      thread.events,
      mainToCameraTransfers,
      (message) => {
        this.#receive(message);
      },
    );
    this.connectGpu();
    const stopping = new AbortController();
    const loop = this.#connectLoop(thread, stopping.signal);
    const cancelTicks = every(clock, TICK_MS, () => {
      this.#apply({ type: 'tick', nowMs: clock.monotonicMs() });
    });
    const exited = thread.exited.then(async ({ error }) => {
      cancelTicks();
      this.#thread = null;
      this.#port = null;
      stopping.abort();
      this.#sessionClosed(error?.toRecord() ?? null);
      await loop;
      return error;
    });
    const stop = async (deadlineMs: number): Promise<void> => {
      stopping.abort();
      this.#sessionClosed(null);
      await thread.stop(deadlineMs);
    };
    void loop.then(() =>
      stopping.signal.aborted ? undefined : stop(CONTROL_DEADLINE_MS).catch(() => undefined),
    );
    return Promise.resolve({ exited, stop });
  }

  /** Takes other settings of the same camera. Those of the stream and of the VAD count from the next start. */
  configure(settings: CameraSettings): void {
    this.#settings = settings;
  }

  /** Shows that it is paused from now on; its thread is for the supervisor to stop. */
  pause(): void {
    this.#apply({ type: 'paused' });
  }

  /** Shows that it begins anew; its thread is for the supervisor to start. */
  startOver(): void {
    this.#apply({ type: 'startedOver' });
  }

  /** Gives the thread a new channel to the GPU worker: at its start, and after the GPU worker was restarted. */
  connectGpu(): void {
    if (this.#port === null) return;
    const channel = new MessageChannel();
    this.#port.send({ type: 'attachGpu', port: channel.port1 });
    this.#options.attachGpu(this.id, channel.port2);
  }

  /** Tells the thread what watchers want; null encodes nothing. Remembered across reconnects and restarts. */
  setLive(request: LiveRequest | null): void {
    this.#live = request;
    // A thread that cannot take it is being replaced, and the next one is told at its start.
    void this.#thread?.call('setLive', [request], CONTROL_DEADLINE_MS).catch(() => undefined);
  }

  /** Whether it gives every second frame only to the VAD; the rate as configured is for the others. */
  get isSlowed(): boolean {
    return this.#isSlowed;
  }

  slow(isSlowed: boolean): void {
    if (isSlowed === this.#isSlowed) return;
    this.#isSlowed = isSlowed;
    this.#tellVadFps();
  }

  /** JPEG of a recent frame, see `CameraApi.snapshot`; throws `camera.not_streaming` when there is none. */
  async snapshot(
    ptsUs: number | null,
    maxWidth: number,
    deadlineMs = CONTROL_DEADLINE_MS,
    marked?: Place,
  ): Promise<ArrayBuffer> {
    return this.#streaming().call('snapshot', [ptsUs, maxWidth, marked], deadlineMs);
  }

  /** Pictures of what led up to a recent frame, see `CameraApi.clip`; throws `camera.not_streaming` without one. */
  async clip(
    ptsUs: number,
    wish: ClipWish,
    box: Place['box'] | null,
    deadlineMs = CONTROL_DEADLINE_MS,
  ): Promise<Clip> {
    return this.#streaming().call('clip', [ptsUs, wish, box], deadlineMs);
  }

  /** Makes a clip of the stream, see `CameraApi.recordClip`; throws `camera.not_streaming` when there is none. */
  async recordClip(request: ClipRequest, deadlineMs: number): Promise<RecordedClip> {
    return this.#streaming().call('recordClip', [request], deadlineMs);
  }

  /** Ends a clip, see `CameraApi.endClip`; one whose stream broke off has ended already. */
  async endClip(id: string, lastUs: number | null, postS: number): Promise<void> {
    await this.#thread?.call('endClip', [id, lastUs, postS], CONTROL_DEADLINE_MS);
  }

  /** What the supervisor did about this camera's thread. */
  supervised(event: SupervisorEvent): void {
    const nowMs = this.#options.clock.monotonicMs();
    if (event.type === 'failed') this.#apply({ type: 'failed', nowMs, error: event.error.toRecord() });
    if (event.type === 'gaveUp') this.#apply({ type: 'quarantined', error: event.error.toRecord() });
    if (event.type === 'ended') this.#apply({ type: 'stopped' });
  }

  #tellVadFps(): void {
    const { fps } = this.settings.vad;
    const wanted = this.#isSlowed ? fps / 2 : fps;
    void this.#thread?.call('setVadFps', [wanted], CONTROL_DEADLINE_MS).catch(() => undefined);
  }

  #streaming(): Thread<CameraApi> {
    if (this.#thread !== null && this.#connection.streamingSinceMs !== null) return this.#thread;
    const message = `camera ${this.id} is ${this.#connection.state}, there is no picture of it`;
    throw new AppError('camera.not_streaming', message, { camera: this.id });
  }

  async #connectLoop(thread: Thread<CameraApi>, stopping: AbortSignal): Promise<void> {
    const { url, transport } = this.settings;
    const { clock, random, once } = this.#options;
    while (!stopping.aborted) {
      this.#apply({ type: 'connecting' });
      const closed = new Promise<ErrorRecord | null>((resolve) => (this.#sessionClosed = resolve));
      let ending: ErrorRecord | null;
      try {
        this.#info = await thread.call('open', [{ url, transport, loop: !once }], OPEN_DEADLINE_MS);
        this.#apply({ type: 'opened', nowMs: clock.monotonicMs() });
        this.setLive(this.#live);
        if (this.#isSlowed) this.#tellVadFps();
        ending = await closed;
      } catch (thrown) {
        ending = AppError.from(thrown).toRecord();
      }
      if (ending === null || ending.code === 'thread.lost' || isAborted(stopping)) return;
      this.#apply({ type: 'failed', nowMs: clock.monotonicMs(), error: ending });
      // A file that is to be played once does not get better by waiting.
      if (once && !isNetworkUrl(url)) return;
      await wait(clock, backoffDelayMs(reconnectPolicy, this.#connection.failures, random()), stopping);
    }
  }

  #receive(message: CameraMessage): void {
    switch (message.type) {
      case 'progress':
        this.#counters = message.counters;
        this.#apply({ type: 'progress', nowMs: this.#options.clock.monotonicMs() });
        return;
      case 'live':
        this.#options.onLive(this, {
          frame: message.frame,
          wallTime: message.wallTime,
          sequence: this.#liveFrames,
        });
        this.#liveFrames = (this.#liveFrames + 1) % 2 ** 32;
        return;
      case 'health':
        this.#health = message.health;
        this.#options.onHealth(this, message);
        return;
      case 'closed':
        this.#sessionClosed(message.error);
        return;
      default:
        message satisfies never;
    }
  }

  #apply(event: ConnectionEvent): void {
    const previous = this.#connection;
    this.#connection = advanceConnection(previous, event);
    if (this.#connection.streamingSinceMs === null) this.#health = 'good';
    if (this.#connection.state !== previous.state) this.#options.onConnection(this, previous);
  }
}

/** Read afresh each time: the flag changes while the caller awaits. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
