/** What HTTP needs from the rest of the product; the composition root supplies it. */
import type { CameraDesk } from '../actors/cameras/camera-desk.js';
import type { ManualEvent } from '../actors/events/manual-events.js';
import type { ClipFile } from '../actors/events/clips.js';
import type { SnapshotKind } from '../actors/events/snapshots.js';
import type { AlertDesk } from '../alerting/alert-desk.js';
import type { CalibrationState } from '../calibration-state.js';
import type { AnomalyEvent, Feedback } from '../event.js';
import type { LiveRequest } from '../protocol/camera.js';
import type {
  EventExport,
  EventFilters,
  EventPage,
  EventQuery,
  EventSummary,
  ExportFormat,
  SummaryQuery,
} from '../store-api.js';
import type { ConfigDesk } from '../config/settings.js';
import type { Trace, TraceQuery, TraceSummary } from '../trace.js';
import type { CameraView } from './cameras/camera-view.js';
import type { EventStreams } from './events/event-streams.js';
import type { Stats } from './stats.js';

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

/** Changes of the cameras; each is in the configuration, and applied, when its promise resolves. */
export type CameraAdministration = Pick<CameraDesk, 'add' | 'change' | 'remove' | 'pause' | 'resume' | 'try'>;

export interface EventReader {
  query(query: EventQuery): Promise<EventPage>;
  summary(query: SummaryQuery): Promise<EventSummary>;
  /** A file with the events, which the caller removes. Throws `store.overloaded` while another is written. */
  exportEvents(filters: EventFilters, format: ExportFormat): Promise<EventExport>;
  event(id: string): Promise<AnomalyEvent | null>;
  /** The event's JPEG of that kind, or null when it has none. */
  snapshot(id: string, kind: SnapshotKind): Promise<Uint8Array | null>;
}

export interface ClipReader {
  /** Null when the event has none, or it was removed. */
  find(eventId: string): Promise<ClipFile | null>;
}

export interface CalibrationDesk {
  /** Throws `camera.not_found`. */
  state(id: string): CalibrationState;
  /** Has a camera learn from the coming minutes. Throws `camera.not_found`, `calibration.under_way`. */
  calibrate(id: string, minutes: number): CalibrationState;
  /** Throws `camera.not_found`, `calibration.version_not_found`. */
  revert(id: string, version: number): Promise<CalibrationState>;
}

/** Each resolves with the event once that is durable. Each throws `event.not_found`. */
export interface MarksDesk {
  give(eventId: string, feedback: Feedback): Promise<AnomalyEvent>;
  withdraw(eventId: string): Promise<AnomalyEvent>;
  keep(eventId: string, kept: boolean): Promise<AnomalyEvent>;
}

export interface ManualEventDesk {
  /**
   * The event once it is durable; the same one again for the same caller's same `key`, unless that is null. Throws
   * `camera.not_found`, `request.invalid`, `request.key_reused`, `store.*`.
   */
  create(event: ManualEvent, createdBy: string, key: string | null): Promise<AnomalyEvent>;
}

export interface TraceReader {
  /** Null when there is none. */
  trace(id: string): Promise<Trace | null>;
  /** Newest first. */
  traces(query: TraceQuery): Promise<TraceSummary[]>;
}

export interface Services {
  cameras: CameraDirectory;
  cameraDesk: CameraAdministration;
  calibrations: CalibrationDesk;
  events: EventReader;
  clips: ClipReader;
  marks: MarksDesk;
  manualEvents: ManualEventDesk;
  eventStreams: Pick<EventStreams, 'open'>;
  traces: TraceReader;
  alerts: AlertDesk;
  config: ConfigDesk;
  stats(): Promise<Stats>;
  /** In the Prometheus text format. */
  metrics(): Promise<{ text: string; contentType: string }>;
  /** `reasons` are for people with access; the probe itself reveals nothing. Some name what is not done though it is ready. */
  readiness(): { ready: boolean; reasons: string[] };
  version: string;
}
