import type { Calibrations } from '../actors/calibration/calibrations.js';
import type { Alerts } from '../actors/alerts/alerts.js';
import type { CameraDesk } from '../actors/cameras/camera-desk.js';
import type { Fleet } from '../actors/cameras/fleet.js';
import type { FleetMember } from '../actors/cameras/fleet-member.js';
import type { Gpu } from '../actors/gpu.js';
import type { Traces } from '../actors/traces/traces.js';
import type { Writer } from '../actors/events/writer.js';
import { wait, type Clock } from '../clock.js';
import type { AppError } from '../errors.js';
import { LoopDelay } from '../loop-delay.js';
import type { LiveHub } from '../http/live/live.js';
import type { RunningHttp } from '../http/server.js';
import { cameraView, type CameraView } from '../http/cameras/camera-view.js';
import type { Services } from '../http/services.js';
import type { Metrics } from '../metrics/metrics.js';
import type { Reading } from '../metrics/reading.js';
import type { ProductAssessment } from './assessment.js';
import type { FileSettings } from '../config/file-settings.js';
import type { ConfigDesk } from '../config/settings.js';
import type { ProductEvents } from './events.js';
import type { ProductOverload } from './overload.js';
import { BYTES_PER_MIB, MS_PER_S } from '../units.js';

/** Prometheus gives a scrape 10 s, and one that fails says nothing at all. */
const STATS_DEADLINE_MS = 2_000;

/** What exactly is for admins alone: it may be part of a secret. */
const BAD_FILE =
  'the configuration file has a mistake, and the one before is in force: see reload_error in /api/config';

export interface Product {
  fleet: Fleet;
  gpu: Gpu;
  writer: Writer;
  calibrations: Calibrations;
  traces: Traces;
  events: ProductEvents;
  alerts: Alerts;
  cameraDesk: CameraDesk;
  settings: ConfigDesk & Pick<FileSettings, 'failure'>;
  assessment: Pick<ProductAssessment, 'stats'>;
  overload: Pick<ProductOverload, 'now'>;
  /** Null before the API answers. */
  http: () => Pick<RunningHttp, 'counters'> | null;
  version: string;
  metrics: Metrics;
  /** The hub, which needs these services itself. */
  hub: () => LiveHub;
  clock: Clock;
}

/** What HTTP shows of the product. */
export function productServices(product: Product): Services {
  const { fleet, writer, calibrations, traces, events, alerts, cameraDesk, version, metrics, clock } =
    product;
  const startedMs = clock.monotonicMs();
  const loopDelay = new LoopDelay();
  loopDelay.start();
  const viewOf = (member: FleetMember): CameraView =>
    cameraView(member, {
      watchers: product.hub().watchers(member.camera.id),
      wallTime: clock.wallTime(),
      certainty: calibrations.certainty(member.camera.id),
      mute: alerts.muteState(member.camera.id),
      editable: cameraDesk.isEditable(member.camera.id),
      origin: cameraDesk.originOf(member.camera.id),
    });
  return {
    version,
    cameras: {
      list: () => fleet.members.map(viewOf),
      get(id) {
        const member = fleet.get(id);
        return member && viewOf(member);
      },
      indexOf: (id) => fleet.require(id).index,
      snapshot: async (id, maxWidth) => fleet.require(id).camera.snapshot(null, maxWidth),
      setLive(id, request) {
        fleet.require(id).camera.setLive(request);
      },
    },
    cameraDesk,
    calibrations,
    traces,
    alerts,
    clips: events.clips,
    marks: events.marks,
    manualEvents: events.manual,
    eventStreams: events.streams,
    config: product.settings,
    events: {
      query: (query) => writer.query(query),
      event: (id) => writer.event(id),
      summary: (query) => writer.summary(query),
      exportEvents: (filters, format) => writer.exportEvents(filters, format),
      snapshot: (id, kind) => events.snapshots.read(id, kind),
    },
    async stats() {
      const { vad, store } = await threadStats(product);
      return {
        pid: process.pid,
        uptime_s: (clock.monotonicMs() - startedMs) / MS_PER_S,
        rss_mb: process.memoryUsage.rss() / BYTES_PER_MIB,
        loop_delay_ms_p99: loopDelay.p99Ms(),
        ...condition(product),
        overload: product.overload.now,
        vad: vad && { ...vad, score_delay_ms: metrics.scoreDelays() },
        ...product.assessment.stats(),
        traces: traces.counters,
        clips: events.clips.counters,
        alerts: alerts.counters(),
        event_streams: events.streams.counters,
        events_dropped: eventsDropped(product),
        store: { ...store, waiting: writer.waiting },
        calibration: calibrations.counters,
        live: product.hub().counters(),
        http: product.http()?.counters() ?? null,
        cameras: Object.fromEntries(fleet.members.map(({ camera }) => [camera.id, camera.counters])),
      };
    },
    async metrics() {
      return { text: await metrics.text(await reading(product)), contentType: metrics.contentType };
    },
    readiness() {
      const { ready, failures, warnings } = condition(product);
      return { ready, reasons: [...failures, ...warnings] };
    },
  };
}

/** `failures`: why cameras are not scored, or events not stored; `warnings`: what is not done though they are. */
function condition({ writer, gpu, events, settings }: Product) {
  const failures = messagesOf([writer.failure, gpu.failure]);
  const warnings = messagesOf([events.clips.failure]);
  if (settings.failure !== null) warnings.push(BAD_FILE);
  return { ready: failures.length === 0, failures, warnings };
}

function messagesOf(failures: readonly (AppError | null)[]): string[] {
  return failures.flatMap((failure) => (failure === null ? [] : [failure.message]));
}

function eventsDropped({ fleet, alerts }: Product): Reading['eventsDropped'] {
  return { recorder_full: fleet.eventsDropped, broker_away: alerts.eventsDropped };
}

async function reading(product: Product): Promise<Reading> {
  const { vad, store } = await threadStats(product);
  return {
    ready: condition(product).ready,
    cameras: product.fleet.members.map(({ camera }) => ({
      id: camera.id,
      fps: camera.settings.vad.fps,
      streaming: camera.connection.state === 'streaming',
      health: camera.health,
      counters: camera.counters,
    })),
    vad,
    store,
    eventsWaiting: product.writer.waiting,
    eventsDropped: eventsDropped(product),
    calibration: product.calibrations.counters,
    ...product.assessment.stats(),
    live: product.hub().counters(),
    http: product.http()?.counters() ?? { requests: [], refused: {} },
    overload: product.overload.now,
    channels: Object.entries(product.alerts.counters()).map(([name, counters]) => ({ name, ...counters })),
    clips: product.events.clips.counters,
    streams: product.events.streams.counters,
  };
}

/** Null for a thread that is being restarted or does not answer in time: the others are still worth hearing. */
async function threadStats({ gpu, writer, clock }: Product): Promise<Pick<Reading, 'vad' | 'store'>> {
  const ask = async <T>(stats: () => Promise<T | null>): Promise<T | null> => {
    try {
      return await Promise.race([stats(), wait(clock, STATS_DEADLINE_MS).then(() => null)]);
    } catch {
      return null;
    }
  };
  const [vad, store] = await Promise.all([ask(() => gpu.stats()), ask(() => writer.stats())]);
  return { vad, store };
}
