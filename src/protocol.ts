/** Every message and control call that crosses a thread: one union per port, one interface per worker. */
import type { MessagePort } from 'node:worker_threads';
import type { Place } from './event.js';
import type { ErrorRecord } from './errors.js';
import type { TransferTable } from './port.js';
import type { VadGraph, VadModelName } from './vad-model.js';
import type { ModelFile } from './model-file.js';

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
  /** Scores so many frames per second of stream time from now on, also after a reconnect. */
  setVadFps(fps: number): Promise<void>;
  /**
   * A JPEG of the VAD frame of `ptsUs`, which is held for about a second, or of the newest when null; with the heat
   * and the box of `marked` drawn over it, if that is given. Throws `snapshot.not_found`. The reply's buffer is
   * transferred.
   */
  snapshot(ptsUs: number | null, maxWidth: number, marked?: Place): Promise<ArrayBuffer>;
  /**
   * Pictures of what led up to the VAD frame of `ptsUs`, as a VLM wants to see them; for `box` null the whole picture
   * is the region of interest. Older frames are kept one in 1.5 s, for about 8 s; the oldest stands for those before
   * it. Throws `snapshot.not_found`.
   */
  clip(ptsUs: number, wish: ClipWish, box: Place['box'] | null): Promise<Clip>;
  /**
   * Writes what is held of the stream before a moment, and what follows, into a file as it is; answers when the clip
   * is over, synced and under its name. A stream that breaks off or changes its parameters ends it, and what there is
   * by then is kept. Throws `camera.not_streaming`, `clip.unsupported`, `clip.too_many` or `clip.write_failed`, and
   * leaves no file then.
   */
  recordClip(request: ClipRequest): Promise<RecordedClip>;
  /** Ends a clip `postS` seconds after `lastUs`, or after now when null; nothing when it is over already. */
  endClip(id: string, lastUs: number | null, postS: number): Promise<void>;
  /** Ends the session, if any; a `closed` message follows. */
  close(): Promise<void>;
  /** Ends the session and lets the thread run out. */
  stop(): Promise<void>;
}

/**
 * Whether a camera's picture can be trusted: `dark`, nothing to be seen; `covered`, most edges gone and with them the
 * pattern of bright and dark; `blurred`, edges gone or weak where the pattern stayed; `moved`, edges elsewhere;
 * `frozen`, frames arrive but do not change.
 */
export const pictureHealths = ['good', 'blurred', 'dark', 'moved', 'frozen', 'covered'] as const;
export type PictureHealth = (typeof pictureHealths)[number];

/** The picture's health changed, as of a VAD frame. */
export interface HealthMessage {
  type: 'health';
  health: PictureHealth;
  /** A moved view is the camera's usual one from now on: what was learned of the old is void. */
  viewChanged: boolean;
  /** Of the frame: monotonic stream time in microseconds, and capture time in Unix seconds. */
  ptsUs: number;
  wallTime: number;
}

/** How a VLM wants to see a clip: as one composed picture, or as several, the oldest first. */
export type ClipWish =
  | { layout: 'montage' }
  /** `count` 1 to 4; pixels wide at most. */
  | { layout: 'frames'; count: number; width: number };

export interface Clip {
  /** A montage is a PPM file (P6) of 192x192 pixels; frames are JPEG files. Each owns its memory whole. */
  pictures: ArrayBuffer[];
  mime: 'image/x-portable-pixmap' | 'image/jpeg';
  /** Of each picture, or of the tiles of the montage: seconds before the frame asked for. */
  secondsBefore: number[];
}

/** A clip to be made of a stream. */
export interface ClipRequest {
  /** Names it in `endClip`. */
  id: string;
  /** Absolute path, in a folder that is there; until the clip is over, `.part` follows its name. */
  file: string;
  /** Stream time in microseconds of what it is about; null for the newest packet. */
  startUs: number | null;
  /**
   * Seconds before that. The clip begins with the GOP that holds this moment; where the ring of packets, which has
   * 8 MiB and 30 s, does not reach back so far, with the oldest GOP there.
   */
  preS: number;
  /** Seconds of the stream at most, `preS` included. */
  maxS: number;
}

export interface RecordedClip {
  /** FFmpeg's name: `h264` or `hevc`. */
  codec: string;
  /** Of the stream, from the first packet to the last. */
  seconds: number;
}

/** Camera worker to main. */
export type CameraMessage =
  | { type: 'progress'; counters: CameraCounters }
  /** `frame` leaves 24 bytes free for the header, then a JPEG. */
  | { type: 'live'; frame: ArrayBuffer; wallTime: number; width: number; height: number }
  /** Every session begins in good health. */
  | HealthMessage
  /** The session is over: the end of a file that does not loop (`error` null) or a failure. */
  | { type: 'closed'; error: ErrorRecord | null };

export const cameraMessageTransfers: TransferTable<CameraMessage> = {
  progress: () => [],
  live: (message) => [message.frame],
  health: () => [],
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
  /** Height of the stream's picture by its width. */
  aspect: number;
  /** The whole picture changed within the window that ends here, as no object does: its scores must not count. */
  disturbed: boolean;
}

/** GPU worker to camera worker: the buffer of a frame goes back to be used again; it is the sender's credit. */
export interface VadReturnMessage {
  type: 'return';
  pixels: ArrayBuffer;
}

export const vadFrameTransfers: TransferTable<VadFrameMessage> = { frame: (message) => [message.pixels] };
export const vadReturnTransfers: TransferTable<VadReturnMessage> = { return: (message) => [message.pixels] };

/** What the graphs say of one frame, before the camera's own calibration. Arrays move with the message. */
export interface VadReading {
  camera: string;
  ptsUs: number;
  wallTime: number;
  /** As the camera's thread said of the frame. */
  disturbed: boolean;
  /** Null unless the camera's model looks at motion, and until there is an earlier frame to compare with. */
  motion: MotionReading | null;
  /**
   * MNAD's mean squared prediction error of blocks of 8x8 pixels, float32 [24, 24]; null unless the camera's model
   * predicts, while its window fills, and when the frames of the window are not evenly spaced.
   */
  error: Float32Array<ArrayBuffer> | null;
  /** Milliseconds from arrival in the GPU worker to the start of the run. */
  waitedMs: number;
}

export interface MotionReading {
  /** float32 [channels, 24, 24] of the motion graph; see `motionChannels`. */
  cells: Float32Array<ArrayBuffer>;
  /** Stream time between the two frames compared, in microseconds; 200,000 when frames come as they should. */
  stepUs: number;
  /** Height of the stream's picture by its width. */
  aspect: number;
}

/** What one run of the graphs gave, for frames of several cameras. */
export interface ReadRun {
  readings: VadReading[];
  /** Milliseconds each graph took; the time in the queue is not part of it. */
  runMs: Partial<Record<VadGraph, number>>;
}

export interface GpuStats {
  /** The graphs that are loaded. */
  models: { name: VadGraph; sha256: string }[];
  provider: string;
  /** Why the accelerator is not used, when one was asked for. */
  fallback: string | null;
  runs: number;
  frames: number;
  framesReplaced: number;
  readingsDiscarded: number;
  failures: number;
  queueHighWater: number;
  vlm: {
    /** Null while none is loaded. */
    loaded: VlmLoaded | null;
    /** Why the VLM does not use the accelerator, when one was asked for. */
    fallback: string | null;
    /** Since the thread started. */
    asked: number;
    answered: number;
    failed: number;
  };
}

/** Control calls of the GPU worker. */
export interface GpuApi {
  /**
   * Loads the graphs that are named and not loaded yet, each once, and releases the others. Throws `model.*` and goes
   * on with those that could be loaded.
   */
  useGraphs(graphs: readonly VadGraph[]): Promise<GpuStats>;
  /** Loads the VLM in place of what is loaded. Throws `model.*`; then none is loaded. */
  loadVlm(source: VlmSource): Promise<VlmLoaded>;
  /** Lets go of the VLM once the answer under way is over; nothing when none is loaded. */
  unloadVlm(): Promise<void>;
  stats(): Promise<GpuStats>;
  stop(): Promise<void>;
}

/** Where a VLM is: files in this process, or behind an HTTP endpoint that speaks as OpenAI's does. */
export type VlmSource =
  | {
      type: 'files';
      /** Shown in events and traces. */
      name: string;
      text: ModelFile;
      projector: ModelFile;
      /** Tokens that prompt, pictures and answer may take together. */
      contextTokens: number;
    }
  | {
      type: 'endpoint';
      name: string;
      /** Base address, ending in `/v1`. */
      url: string;
      /** Sent as a bearer token; null for none. */
      apiKey: string | null;
    };

/** What a VLM is asked about one candidate. */
export interface VlmRequest {
  id: string;
  clip: Clip;
  prompt: string;
  /** What the answer must look like, as a JSON schema. */
  schema: object;
  maxTokens: number;
  deadlineMs: number;
}

export interface VlmReply {
  /** As the model wrote it, unchecked. */
  text: string;
  tokens: number;
  /** Milliseconds that the model took, and that the request waited for its turn before. */
  runMs: number;
  waitedMs: number;
}

export interface VlmLoaded {
  name: string;
  /** Of the text model; empty for an endpoint. */
  sha256: string;
  /** What the process grew by while it was loaded, MiB; memory of an accelerator where it tells. */
  measuredMb: number;
  /** `cpu`, the accelerator's name, or `http`. */
  device: string;
}

/** Main to GPU worker. */
export type MainToGpuMessage =
  /** Answered by `answered` with the same id, always. Buffers move. */
  | { type: 'ask'; request: VlmRequest }
  /** A camera's frames will come through `port`; a port of the same camera that is older is closed. */
  | { type: 'attach'; camera: string; model: VadModelName; port: MessagePort }
  /** The camera is gone: its port, window and memory are let go of. */
  | { type: 'detach'; camera: string };

export const mainToGpuTransfers: TransferTable<MainToGpuMessage> = {
  ask: ({ request }) => request.clip.pictures,
  attach: (message) => [message.port],
  detach: () => [],
};

/** GPU worker to main. */
export type GpuMessage =
  | { type: 'read'; run: ReadRun }
  | { type: 'failed'; error: ErrorRecord }
  /** What the VLM answered to the request of this id, or why it did not. */
  | { type: 'answered'; id: string; outcome: { reply: VlmReply } | { error: ErrorRecord } };

export const gpuMessageTransfers: TransferTable<GpuMessage> = {
  read: ({ run }) =>
    run.readings.flatMap(({ motion, error }) =>
      [motion?.cells ?? null, error].flatMap((values) => (values === null ? [] : [values.buffer])),
    ),
  failed: () => [],
  answered: () => [],
};
