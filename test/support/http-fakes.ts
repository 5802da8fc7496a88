import type { EventQuery, LiveRequest } from '../../src/protocol.js';
import type { AnomalyEvent } from '../../src/event.js';
import type { SnapshotKind } from '../../src/actors/snapshots.js';
import { AppError } from '../../src/errors.js';
import type { LiveSocket } from '../../src/http/live-socket.js';
import type { CameraView } from '../../src/http/camera-view.js';
import type { Services } from '../../src/http/services.js';
import { summaryOf, type Trace } from '../../src/trace.js';
import { calibrationState } from './calibration.js';

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
    ...given,
  };
}

/** A product of plain values, and what HTTP asked of it. */
export class FakeServices implements Services {
  version = '1.2.3';
  ready = true;
  views: CameraView[] = [cameraView('gate'), cameraView('1')];
  stored: AnomalyEvent[] = [];
  /** The JPEGs of every event. */
  eventPictures: Partial<Record<SnapshotKind, Uint8Array>> = {};
  readonly queries: EventQuery[] = [];
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

  /** What was asked of the calibrations and said of events. */
  readonly asked: unknown[][] = [];

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

  readonly feedback: Services['feedback'] = {
    give: (id, feedback) => {
      this.asked.push(['feedback', id, feedback]);
      const event = this.stored.find((stored) => stored.id === id);
      if (event !== undefined) return Promise.resolve(event);
      return Promise.reject(new AppError('event.not_found', `there is no event ${id}`));
    },
  };

  tracesKept: Trace[] = [];

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
    event: (id) => Promise.resolve(this.stored.find((event) => event.id === id) ?? null),
    snapshot: (_id, kind) => Promise.resolve(this.eventPictures[kind] ?? null),
  };

  #known(id: string): string {
    if (this.cameras.get(id) !== undefined) return id;
    throw new AppError('camera.not_found', `there is no camera ${id}`);
  }

  stats(): Promise<Record<string, unknown>> {
    return Promise.resolve({ uptime_s: 1 });
  }

  metrics(): Promise<{ text: string; contentType: string }> {
    return Promise.resolve({ text: 'nunchi_ready 1\n', contentType: 'text/plain; version=0.0.4' });
  }

  readiness(): { ready: boolean; reasons: string[] } {
    return { ready: this.ready, reasons: this.ready ? [] : ['the disk is full'] };
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
