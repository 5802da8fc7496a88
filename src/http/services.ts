/** What HTTP needs from the rest of the product; the composition root supplies it. */
import type { SnapshotKind } from '../actors/snapshots.js';
import type { CalibrationState } from '../calibration-state.js';
import type { AnomalyEvent, Feedback } from '../event.js';
import type { EventPage, EventQuery, LiveRequest } from '../protocol.js';
import type { Trace, TraceQuery, TraceSummary } from '../trace.js';
import type { CameraView } from './camera-view.js';

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
  /** The event's JPEG of that kind, or null when it has none. */
  snapshot(id: string, kind: SnapshotKind): Promise<Uint8Array | null>;
}

export interface CalibrationDesk {
  /** Throws `camera.not_found`. */
  state(id: string): CalibrationState;
  /** Has a camera learn from the coming minutes. Throws `camera.not_found`, `calibration.under_way`. */
  calibrate(id: string, minutes: number): CalibrationState;
  /** Throws `camera.not_found`, `calibration.version_not_found`. */
  revert(id: string, version: number): Promise<CalibrationState>;
}

export interface FeedbackDesk {
  /** The event with what is said of it, once that is durable. Throws `event.not_found`. */
  give(eventId: string, feedback: Feedback): Promise<AnomalyEvent>;
}

export interface TraceReader {
  /** Null when there is none. */
  trace(id: string): Promise<Trace | null>;
  /** Newest first. */
  traces(query: TraceQuery): Promise<TraceSummary[]>;
}

export interface Services {
  cameras: CameraDirectory;
  calibrations: CalibrationDesk;
  events: EventReader;
  feedback: FeedbackDesk;
  traces: TraceReader;
  stats(): Promise<Record<string, unknown>>;
  /** In the Prometheus text format. */
  metrics(): Promise<{ text: string; contentType: string }>;
  /** `reasons` are for people with access; the probe itself reveals nothing. */
  readiness(): { ready: boolean; reasons: string[] };
  version: string;
}
