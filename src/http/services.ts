/** What HTTP needs from the rest of the product; the composition root supplies it. */
import type { CameraState } from '../actors/camera-state.js';
import type { AnomalyEvent } from '../event.js';
import type { EventPage, EventQuery, LiveRequest } from '../protocol.js';

/** A camera as clients see it. */
export interface CameraView {
  id: string;
  name: string;
  state: CameraState;
  /** Frames per second that reach anomaly detection. */
  fps: number;
  /** Newest anomaly score in [0, 1]; null before the first. */
  score: number | null;
  /** Score from which a frame counts as anomalous; null until the camera is calibrated. */
  threshold: number | null;
  /** Live view: how many watch, and the size and rate at which it is encoded for them. */
  live: { watchers: number; width: number; height: number; fps: number };
  /** One word or sentence for people. */
  health: string;
  last_error: { code: string; message: string } | null;
  /** Without credentials. */
  url: string;
}

export interface CameraDirectory {
  list(): CameraView[];
  get(id: string): CameraView | undefined;
  /** Stable index of a known camera, as the header of its live frames carries it. */
  indexOf(id: string): number;
  /** A JPEG of the newest frame, `maxWidth` pixels wide at most. Throws `camera.not_found`, `camera.not_streaming`. */
  snapshot(id: string, maxWidth: number): Promise<ArrayBuffer>;
  /** What the camera should encode for live view from now on; null when nobody watches. */
  setLive(id: string, request: LiveRequest | null): void;
}

export interface EventReader {
  query(query: EventQuery): Promise<EventPage>;
  event(id: string): Promise<AnomalyEvent | null>;
  /** The event's JPEG, or null when it has none. */
  snapshot(id: string): Promise<Uint8Array | null>;
}

export interface Services {
  cameras: CameraDirectory;
  events: EventReader;
  stats(): Promise<Record<string, unknown>>;
  /** In the Prometheus text format. */
  metrics(): Promise<{ text: string; contentType: string }>;
  /** `reasons` are for people with access; the probe itself reveals nothing. */
  readiness(): { ready: boolean; reasons: string[] };
  version: string;
}
