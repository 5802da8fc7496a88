import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Calibrations } from './actors/calibrations.js';
import type { EventFeedback } from './actors/event-feedback.js';
import { scoreOf, type Fleet, type FleetMember } from './actors/fleet.js';
import type { Gpu } from './actors/gpu.js';
import type { Snapshots } from './actors/snapshots.js';
import type { Traces } from './actors/traces.js';
import type { Writer } from './actors/writer.js';
import { wait, type Clock } from './clock.js';
import type { LiveHub } from './http/live.js';
import type { CameraView } from './http/camera-view.js';
import type { Services } from './http/services.js';
import type { Metrics } from './metrics/metrics.js';
import type { Reading } from './metrics/reading.js';
import type { ProductAssessment } from './product-assessment.js';
import { redactUrl } from './redact.js';
import { BYTES_PER_MIB, MS_PER_S } from './units.js';

/** Prometheus gives a scrape 10 s, and one that fails says nothing at all. */
const STATS_DEADLINE_MS = 2_000;

export interface Product {
  fleet: Fleet;
  gpu: Gpu;
  writer: Writer;
  snapshots: Snapshots;
  calibrations: Calibrations;
  feedback: EventFeedback;
  traces: Traces;
  assessment: Pick<ProductAssessment, 'stats'>;
  version: string;
  metrics: Metrics;
  /** The hub, which needs these services itself. */
  hub: () => LiveHub;
  clock: Clock;
}

/** What HTTP shows of the product. */
export function productServices(product: Product): Services {
  const { fleet, writer, snapshots, calibrations, feedback, traces, version, metrics, clock } = product;
  const startedMs = clock.monotonicMs();
  const loopDelay = monitorEventLoopDelay({ resolution: 10 });
  loopDelay.enable();
  return {
    version,
    cameras: {
      list: () => fleet.members.map((member) => cameraView(member, product.hub().watchers(member.camera.id))),
      get(id) {
        const member = fleet.get(id);
        return member && cameraView(member, product.hub().watchers(id));
      },
      indexOf: (id) => fleet.require(id).index,
      snapshot: async (id, maxWidth) => fleet.require(id).camera.snapshot(null, maxWidth),
      setLive(id, request) {
        fleet.require(id).camera.setLive(request);
      },
    },
    calibrations,
    feedback,
    traces,
    events: {
      query: (query) => writer.query(query),
      event: (id) => writer.event(id),
      snapshot: (id, kind) => snapshots.read(id, kind),
    },
    async stats() {
      const { vad, store } = await threadStats(product);
      return {
        pid: process.pid,
        uptime_s: (clock.monotonicMs() - startedMs) / MS_PER_S,
        rss_mb: process.memoryUsage.rss() / BYTES_PER_MIB,
        loop_delay_ms_p99: loopDelay.percentile(99) / 1e6,
        vad: vad && { ...vad, score_delay_ms: metrics.scoreDelays() },
        ...product.assessment.stats(),
        traces: traces.counters,
        store: { ...store, waiting: writer.waiting },
        calibration: calibrations.counters,
        live: product.hub().counters(),
        cameras: Object.fromEntries(fleet.members.map(({ camera }) => [camera.id, camera.counters])),
      };
    },
    async metrics() {
      return { text: await metrics.text(await reading(product)), contentType: metrics.contentType };
    },
    readiness: () => readiness(product),
  };
}

function readiness({ writer, gpu }: Product): { ready: boolean; reasons: string[] } {
  const reasons = [];
  if (writer.failure !== null) reasons.push(writer.failure.message);
  if (gpu.failure !== null) reasons.push(gpu.failure.message);
  return { ready: reasons.length === 0, reasons };
}

async function reading(product: Product): Promise<Reading> {
  const { vad, store } = await threadStats(product);
  return {
    ready: readiness(product).ready,
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
    calibration: product.calibrations.counters,
    ...product.assessment.stats(),
    live: product.hub().counters(),
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

function cameraView(member: FleetMember, watchers: number): CameraView {
  const { camera, detector } = member;
  const { settings, connection, live, info } = camera;
  const width = Math.min(live?.width ?? settings.live.width, info?.width ?? Infinity);
  const height = info === null ? 0 : Math.round((width * info.height) / info.width / 2) * 2;
  return {
    id: camera.id,
    name: settings.name,
    state: connection.state,
    fps: settings.vad.fps,
    score: scoreOf(member),
    threshold: detector.calibration === null ? null : detector.options.threshold,
    live: { watchers, width, height, fps: live?.fps ?? settings.live.fps },
    health: healthOf(member),
    last_error: connection.lastError,
    url: redactUrl(settings.url),
  };
}

/** What matters first: is there a stream, can it be judged, and is its picture fit for that. */
function healthOf({ camera, detector: { calibration, learning } }: FleetMember): string {
  const { state } = camera.connection;
  if (state !== 'streaming') return state;
  if (calibration !== null) return camera.health;
  return `learning ${Math.min(99, Math.floor((100 * learning.seconds) / learning.fitAtS))}%`;
}
