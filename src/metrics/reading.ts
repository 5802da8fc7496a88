import type { CameraCounters, GpuStats, PictureHealth, StoreStats } from '../protocol.js';

/** What the product's parts say of themselves when metrics are asked for. Their totals may start over. */
export interface Reading {
  ready: boolean;
  cameras: readonly CameraReading[];
  /** Null while the thread does not answer. */
  vad: GpuStats | null;
  store: StoreStats | null;
  /** Event states that wait to become durable. */
  eventsWaiting: number;
  calibration: { fits: number; failedFits: number };
  live: { clients: number; framesSent: number; framesSkipped: number };
}

export interface CameraReading {
  /** As configured: ids are what bounds the number of series. */
  id: string;
  /** Frames per second that are due for anomaly detection. */
  fps: number;
  streaming: boolean;
  /** What the picture is worth; good while there is none. */
  health: PictureHealth;
  /** Of the newest session; null before the first. */
  counters: CameraCounters | null;
}
