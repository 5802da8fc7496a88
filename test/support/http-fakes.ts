import type { LiveRequest } from '../../src/protocol/camera.js';
import type { EventExport, EventQuery, ExportFormat } from '../../src/store-api.js';
import type { AnomalyEvent } from '../../src/event.js';
import type { ClipFile } from '../../src/actors/events/clips.js';
import type { SnapshotKind } from '../../src/actors/events/snapshots.js';
import { AppError } from '../../src/errors.js';
import type { LiveSocket } from '../../src/http/live/live-socket.js';
import type { CameraView } from '../../src/http/cameras/camera-view.js';
import type { Services } from '../../src/http/services.js';
import type { Stats } from '../../src/http/stats.js';
import { summaryOf, type Trace } from '../../src/trace.js';
import { anomalyEvent } from './anomaly-event.js';
import { calibrationState } from './calibration.js';
import { FakeAlerts } from './fake-alerts.js';

export function cameraView(id: string, given: Partial<CameraView> = {}): CameraView {
  return {
    id,
    name: `Camera ${id}`,
    state: 'streaming',
    fps: 5,
    score: 0.1,
    threshold: 0.5,
    live: { watchers: 0, width: 640, height: 360, fps: 5 },
    health: 'good',
    last_error: null,
    url: 'rtsp://***@10.0.0.5/stream1',
    transport: 'tcp',
    model: 'mulde',
    zones: {},
    masks: [],
    schedule: [],
    paused: false,
    watching: true,
    certainty: 'fair',
    muted: false,
    muted_until: null,
    editable: true,
    origin: 'the configuration file',
    ...given,
  };
}

/** A product of plain values, and what HTTP asked of it. */
export class FakeServices implements Services {
  version = '1.2.3';
  ready = true;
  warnings: string[] = [];
  views: CameraView[] = [cameraView('gate'), cameraView('1')];
  stored: AnomalyEvent[] = [];
  /** The JPEGs of every event. */
  eventPictures: Partial<Record<SnapshotKind, Uint8Array>> = {};
  readonly queries: EventQuery[] = [];
  /** Makes the file of an export. */
  exportFile: (format: ExportFormat) => Promise<EventExport> = () =>
    Promise.reject(new AppError('store.open_failed', 'there is no store'));
  readonly snapshotWidths: number[] = [];
  /** What each camera was last asked to encode. */
  readonly live = new Map<string, LiveRequest | null>();
  liveCalls = 0;

  readonly cameras: Services['cameras'] = {
    list: () => this.views,
    get: (id) => this.views.find((view) => view.id === id),
    indexOf: (id) => this.views.findIndex((view) => view.id === id),
    snapshot: (id, maxWidth) => {
      this.snapshotWidths.push(maxWidth);
      if (this.cameras.get(id)?.state === 'streaming') return Promise.resolve(new ArrayBuffer(100));
      return Promise.reject(new AppError('camera.not_streaming', `camera ${id} has no picture`));
    },
    setLive: (id, request) => {
      this.liveCalls += 1;
      this.live.set(id, request);
    },
  };

  /** What was asked of the cameras and the calibrations, and said of events. */
  readonly asked: unknown[][] = [];

  readonly cameraDesk: Services['cameraDesk'] = {
    add: (id, camera) => {
      this.asked.push(['add', id, camera]);
      if (this.cameras.get(id) !== undefined)
        return Promise.reject(new AppError('camera.exists', `there is a camera ${id} already`));
      this.views.push(cameraView(id));
      return Promise.resolve();
    },
    change: (id, patch) => {
      this.asked.push(['change', id, patch]);
      return Promise.resolve();
    },
    remove: (id) => {
      this.asked.push(['remove', id]);
      return Promise.resolve();
    },
    pause: (id) => {
      this.asked.push(['pause', id]);
      return Promise.resolve();
    },
    resume: (id) => {
      this.asked.push(['resume', id]);
      return Promise.resolve();
    },
    try: (source) => {
      this.asked.push(['try', source]);
      if (source.url.startsWith('rtsp://dead'))
        return Promise.reject(new AppError('camera.open_failed', 'nobody answers'));
      if (source.url.startsWith('rtsp:'))
        return Promise.resolve({
          codec: 'h264',
          width: 64,
          height: 48,
          fps: 10,
          picture: new Uint8Array([255, 216]),
        });
      return Promise.reject(new AppError('camera.url_refused', 'url: it is not opened'));
    },
  };

  readonly calibrations: Services['calibrations'] = {
    state: (id) => calibrationState(this.#known(id)),
    calibrate: (id, minutes) => {
      this.asked.push(['calibrate', this.#known(id), minutes]);
      if (id !== '1') return calibrationState(id);
      throw new AppError('calibration.under_way', 'camera 1 is being calibrated already');
    },
    revert: (id, version) => {
      this.asked.push(['revert', this.#known(id), version]);
      return Promise.resolve(calibrationState(id));
    },
  };

  /** The clip of every event. */
  clip: ClipFile | null = null;

  readonly clips: Services['clips'] = {
    find: () => Promise.resolve(this.clip),
  };

  readonly marks: Services['marks'] = {
    give: (id, feedback) => this.#marked(id, ['feedback', id, feedback]),
    withdraw: (id) => this.#marked(id, ['withdraw', id]),
    keep: (id, kept) => this.#marked(id, ['keep', id, kept]),
  };

  readonly manualEvents: Services['manualEvents'] = {
    create: (event, createdBy, key) => {
      this.asked.push(['create', event, createdBy, key]);
      return Promise.resolve(anomalyEvent({ camera: event.camera, label: event.label }));
    },
  };

  /** What the event stream tells; and then it ends. */
  streamed = '';

  readonly eventStreams: Services['eventStreams'] = {
    open: (filter, lastEventId) => {
      this.asked.push(['stream', filter, lastEventId]);
      return Promise.resolve(new Blob([this.streamed]).stream());
    },
  };

  readonly alerts = new FakeAlerts();

  tracesKept: Trace[] = [];

  readonly config: Services['config'] = {
    view: () => ({
      config: { alerts: { dedup_s: 15 } },
      file: '/etc/nunchi/config.yaml',
      overridden: [{ setting: 'http.port', origin: '--port' }],
      restart_required: [],
      reload_error: null,
    }),
    patch: (patch) => {
      this.asked.push(['patch', patch]);
      if (!('http' in patch)) return Promise.resolve(this.config.view());
      return Promise.reject(
        new AppError('config.read_only', 'http is changed in the configuration file only'),
      );
    },
  };

  readonly traces: Services['traces'] = {
    trace: (id) => Promise.resolve(this.tracesKept.find((trace) => trace.id === id) ?? null),
    traces: (query) => {
      this.asked.push(['traces', query]);
      return Promise.resolve(this.tracesKept.map(summaryOf));
    },
  };

  readonly events: Services['events'] = {
    query: (query) => {
      this.queries.push(query);
      return Promise.resolve({ events: this.stored, nextCursor: 'next' });
    },
    summary: (query) => {
      this.asked.push(['summary', query]);
      return Promise.resolve({ groups: [{ camera: 'gate', count: 2, topScore: 0.9 }], truncated: false });
    },
    exportEvents: (filters, format) => {
      this.asked.push(['export', filters, format]);
      return this.exportFile(format);
    },
    event: (id) => Promise.resolve(this.stored.find((event) => event.id === id) ?? null),
    snapshot: (_id, kind) => Promise.resolve(this.eventPictures[kind] ?? null),
  };

  #marked(id: string, asked: unknown[]): Promise<AnomalyEvent> {
    this.asked.push(asked);
    const event = this.stored.find((stored) => stored.id === id);
    if (event !== undefined) return Promise.resolve(event);
    return Promise.reject(new AppError('event.not_found', `there is no event ${id}`));
  }

  #known(id: string): string {
    if (this.cameras.get(id) !== undefined) return id;
    throw new AppError('camera.not_found', `there is no camera ${id}`);
  }

  stats(): Promise<Stats> {
    return Promise.resolve({
      ready: this.ready,
      failures: this.ready ? [] : ['the disk is full'],
      warnings: this.warnings,
      uptime_s: 1,
      rss_mb: 300,
      overload: { state: 'normal', because: [] },
      resources: { budgetMb: 6_144, declaredMb: 0, models: [] },
      store: { waiting: 0, lastSeq: 7, projectedSeq: 7 },
    });
  }

  metrics(): Promise<{ text: string; contentType: string }> {
    return Promise.resolve({ text: 'nunchi_ready 1\n', contentType: 'text/plain; version=0.0.4' });
  }

  readiness(): { ready: boolean; reasons: string[] } {
    const failures = this.ready ? [] : ['the disk is full'];
    return { ready: this.ready, reasons: [...failures, ...this.warnings] };
  }
}

/** A WebSocket whose client reads only when the test says so. */
export class FakeSocket implements LiveSocket {
  readonly texts: Record<string, unknown>[] = [];
  readonly frames: ArrayBuffer[] = [];
  closedWith: number | null = null;
  buffered = 0;

  send(data: string | ArrayBuffer): void {
    if (typeof data === 'string') this.texts.push(JSON.parse(data) as Record<string, unknown>);
    else this.frames.push(data.slice(0));
  }

  bufferedBytes(): number {
    return this.buffered;
  }

  close(code: number): void {
    this.closedWith = code;
  }
}

/** A live frame as a camera sends it: room for the header, then something in place of a JPEG. */
export function liveFrame(bytes = 64): ArrayBuffer {
  return new ArrayBuffer(bytes);
}
