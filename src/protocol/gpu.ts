/** Between main and the GPU worker: control calls, readings, and the way to the VLM. */
import type { MessagePort } from 'node:worker_threads';
import type { ErrorRecord } from '../errors.js';
import type { TransferTable } from '../port.js';
import type { VadGraph, VadModelName } from '../vad-model.js';
import type { VlmLoaded, VlmReply, VlmRequest, VlmSource } from './vlm.js';

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
