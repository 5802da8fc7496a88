/** Between main and a camera's thread: control calls, messages, and clips. */
import type { MessagePort } from 'node:worker_threads';
import type { ErrorRecord } from '../errors.js';
import type { Place } from '../event.js';
import type { TransferTable } from '../port.js';

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
  /** Why the stream is decoded otherwise than it was to be; absent when it is as configured. */
  warning?: string;
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
  /** Of each picture, or of those that the montage is made of: seconds before the frame asked for. */
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
