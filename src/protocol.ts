/** Every message and control call that crosses a thread: one union per port, one interface per worker. */
import type { MessagePort } from 'node:worker_threads';
import type { AnomalyEvent } from './event.js';
import type { ErrorRecord } from './errors.js';
import type { TransferTable } from './port.js';

/** What a camera worker needs to open its stream. */
export interface StreamSource {
  /** `rtsp://`, `rtsps://` or an absolute file path, checked by the configuration; may hold credentials. */
  url: string;
  transport: 'tcp' | 'udp';
  /** A file starts over at its end; without it the session ends there. */
  loop: boolean;
}

export interface StreamInfo {
  width: number;
  height: number;
  /** Nominal frame rate, 0 when the stream does not tell. */
  fps: number;
  codec: string;
}

/** What watchers want of a camera's live view; null when nobody watches. */
export interface LiveRequest {
  fps: number;
  /** Pixels; the height follows from the aspect ratio. Never above the stream's own width. */
  width: number;
  /** JPEG quality, 1 (worst) to 100. */
  quality: number;
}

export interface CameraCounters {
  packets: number;
  decodedFrames: number;
  corruptPackets: number;
  vadFrames: number;
  /** Frames due for VAD but dropped before scaling, because the GPU worker held all of this camera's buffers. */
  vadFramesDropped: number;
  liveFrames: number;
  ringBytes: number;
  ringSeconds: number;
  ringPacketsEvicted: number;
}

/** Control calls of the camera worker. */
export interface CameraApi {
  /** Opens the stream and starts decoding; answers when the first packet's parameters are known. */
  open(source: StreamSource): Promise<StreamInfo>;
  setLive(request: LiveRequest | null): Promise<void>;
  /**
   * A JPEG of the VAD frame of `ptsUs`, which is held for about a second, or of the newest when null. Throws
   * `snapshot.not_found`. The reply's buffer is transferred.
   */
  snapshot(ptsUs: number | null, maxWidth: number): Promise<ArrayBuffer>;
  /** Ends the session, if any; a `closed` message follows. */
  close(): Promise<void>;
  /** Ends the session and lets the thread run out. */
  stop(): Promise<void>;
}

/** Camera worker to main. */
export type CameraMessage =
  | { type: 'progress'; counters: CameraCounters }
  /** `frame` leaves 24 bytes free for the header, then a JPEG. */
  | { type: 'live'; frame: ArrayBuffer; wallTime: number; width: number; height: number }
  /** The session is over: the end of a file that does not loop (`error` null) or a failure. */
  | { type: 'closed'; error: ErrorRecord | null };

export const cameraMessageTransfers: TransferTable<CameraMessage> = {
  progress: () => [],
  live: (message) => [message.frame],
  closed: () => [],
};

/** Main to camera worker: the worker's end of a new channel to the GPU worker; buffers of an older one are lost. */
export interface MainToCameraMessage {
  type: 'attachGpu';
  port: MessagePort;
}

export const mainToCameraTransfers: TransferTable<MainToCameraMessage> = {
  attachGpu: (message) => [message.port],
};

/** Camera worker to GPU worker: a VAD frame, uint8 [192, 192] gray. */
export interface VadFrameMessage {
  type: 'frame';
  pixels: ArrayBuffer;
  /** Monotonic stream time in microseconds. */
  ptsUs: number;
  /** Capture time, Unix seconds. */
  wallTime: number;
}

/** GPU worker to camera worker: the buffer of a frame goes back to be used again; it is the sender's credit. */
export interface VadReturnMessage {
  type: 'return';
  pixels: ArrayBuffer;
}

export const vadFrameTransfers: TransferTable<VadFrameMessage> = { frame: (message) => [message.pixels] };
export const vadReturnTransfers: TransferTable<VadReturnMessage> = { return: (message) => [message.pixels] };

/** Raw output of the VAD graph for one frame, before the camera's own normalisation. */
export interface RawScore {
  camera: string;
  ptsUs: number;
  wallTime: number;
  /** Largest mean squared prediction error in a 24x24 px window; finite, above 0. */
  peak: number;
  /** Milliseconds from arrival in the GPU worker to the start of the run. */
  waitedMs: number;
}

/** What one run of the VAD graph gave, for frames of several cameras. */
export interface ScoredRun {
  scores: RawScore[];
  /** Milliseconds; the time in the queue is not part of it. */
  runMs: number;
}

export interface GpuStats {
  model: { name: string; sha256: string } | null;
  provider: string;
  /** Why the accelerator is not used, when one was asked for. */
  fallback: string | null;
  runs: number;
  frames: number;
  framesReplaced: number;
  scoresDiscarded: number;
  failures: number;
  queueHighWater: number;
}

/** Control calls of the GPU worker. */
export interface GpuApi {
  /** Checks and loads the model once; throws `model.*` and stays up without it. */
  load(): Promise<GpuStats>;
  stats(): Promise<GpuStats>;
  stop(): Promise<void>;
}

/** Main to GPU worker. */
export interface AttachMessage {
  type: 'attach';
  camera: string;
  port: MessagePort;
}

export const attachTransfers: TransferTable<AttachMessage> = { attach: (message) => [message.port] };

/** GPU worker to main. */
export type GpuMessage = { type: 'scores'; run: ScoredRun } | { type: 'failed'; error: ErrorRecord };

export const gpuMessageTransfers: TransferTable<GpuMessage> = { scores: () => [], failed: () => [] };

export interface EventQuery {
  camera?: string[] | undefined;
  severity?: string[] | undefined;
  label?: string[] | undefined;
  verdict?: string[] | undefined;
  /** Unix seconds, on `start_time`; `after` inclusive, `before` exclusive. */
  after?: number | undefined;
  before?: number | undefined;
  minScore?: number | undefined;
  /** Rows at most, 1 to 500. */
  limit: number;
  /** Opaque; from the previous page. */
  cursor?: string | undefined;
}

export interface EventPage {
  /** Newest first. */
  events: AnomalyEvent[];
  nextCursor: string | null;
}

export interface StoreStats {
  lastSeq: number;
  projectedSeq: number;
  journaled: number;
  projected: number;
  flushes: number;
  /** Milliseconds that the flushes took together. */
  flushMs: number;
  flushFailures: number;
  rebuilds: number;
}

/** Control calls of the writer worker, the only owner of the store's files. */
export interface WriterApi {
  /** Opens the store, replays what DuckDB lacks, and closes episodes that a crash left open. */
  open(): Promise<StoreStats>;
  /** Resolves when every event is on disk and synced, in order. An event with a known id replaces the older state. */
  append(events: AnomalyEvent[]): Promise<void>;
  query(query: EventQuery): Promise<EventPage>;
  event(id: string): Promise<AnomalyEvent | null>;
  /** Small durable values beside the events, such as the alert state. */
  loadState(key: string): Promise<unknown>;
  saveState(key: string, value: unknown): Promise<void>;
  stats(): Promise<StoreStats>;
  /** Projects what waits, closes the files and lets the thread run out. */
  stop(): Promise<void>;
}
