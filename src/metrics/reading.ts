import type { CameraCounters, PictureHealth } from '../protocol/camera.js';
import type { GpuStats } from '../protocol/gpu.js';
import type { OverloadState } from '../overload-states.js';
import type { StoreStats } from '../store-api.js';

/** What the product's parts say of themselves when metrics are asked for. Their totals may start over. */
export interface Reading {
  ready: boolean;
  cameras: readonly CameraReading[];
  /** Null while the thread does not answer. */
  vad: GpuStats | null;
  store: StoreStats | null;
  /** Event states that wait to become durable. */
  eventsWaiting: number;
  /** Event states that were lost, by reason. */
  eventsDropped: Readonly<Record<'recorder_full' | 'broker_away', number>>;
  calibration: { fits: number; failedFits: number };
  verification: VerificationReading;
  agent: { decided: number; fallbacks: number; overruled: number };
  resources: ResourceReading;
  live: { clients: number; framesSent: number; framesSkipped: number };
  http: {
    /** `status` is a class of them, such as 2xx. */
    requests: readonly { method: string; route: string; status: string; count: number }[];
    /** By reason. */
    refused: Readonly<Record<string, number>>;
  };
  overload: { state: OverloadState };
  channels: readonly ChannelReading[];
  clips: {
    saved: number;
    failed: number;
    refused: number;
    removed: Readonly<Record<string, number>>;
    bytes: number;
  };
  /** Clients of the event stream. */
  streams: { clients: number; eventsSent: number; refused: number };
}

/** One alert channel, since the service started. */
export interface ChannelReading {
  /** As configured. */
  name: string;
  waiting: number;
  sent: number;
  /** `dropped` ones included. */
  failed: number;
  retried: number;
  dropped: number;
  /** By reason. */
  heldBack: Readonly<Record<string, number>>;
}

interface VerificationReading {
  confirmed: number;
  rejected: number;
  failed: number;
  /** By reason. */
  unverified: Readonly<Record<string, number>>;
  late: number;
  waiting: number;
}

export interface ResourceReading {
  budgetMb: number;
  declaredMb: number;
  refused: number;
  models: readonly {
    name: string;
    declaredMb: number;
    /** Null while it is not loaded, and when nobody can tell. */
    measuredMb: number | null;
    state: string;
    loads: number;
    unloads: number;
    failures: number;
  }[];
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
