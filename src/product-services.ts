import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Fleet, FleetMember } from './actors/fleet.js';
import type { Gpu } from './actors/gpu.js';
import type { Snapshots } from './actors/snapshots.js';
import type { Writer } from './actors/writer.js';
import type { Clock } from './clock.js';
import type { LiveHub } from './http/live.js';
import type { CameraView, Services } from './http/services.js';
import { redactUrl } from './redact.js';
import { BYTES_PER_MIB, MS_PER_S } from './units.js';

export interface Product {
  fleet: Fleet;
  gpu: Gpu;
  writer: Writer;
  snapshots: Snapshots;
  version: string;
  /** The hub, which needs these services itself. */
  hub: () => LiveHub;
  clock: Clock;
}

/** What HTTP shows of the product. */
export function productServices(product: Product): Services {
  const { fleet, gpu, writer, snapshots, version, clock } = product;
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
    events: {
      query: (query) => writer.query(query),
      event: (id) => writer.event(id),
      snapshot: (id) => snapshots.read(id),
    },
    async stats() {
      return {
        pid: process.pid,
        uptime_s: (clock.monotonicMs() - startedMs) / MS_PER_S,
        rss_mb: process.memoryUsage.rss() / BYTES_PER_MIB,
        loop_delay_ms_p99: loopDelay.percentile(99) / 1e6,
        vad: await gpu.stats().catch(() => null),
        store: { ...(await writer.stats().catch(() => null)), waiting: writer.waiting },
        live: product.hub().counters(),
        cameras: Object.fromEntries(fleet.members.map(({ camera }) => [camera.id, camera.counters])),
      };
    },
    readiness() {
      const reasons = [];
      if (writer.failure !== null) reasons.push(writer.failure.message);
      if (gpu.failure !== null) reasons.push(gpu.failure.message);
      return { ready: reasons.length === 0, reasons };
    },
  };
}

function cameraView({ camera, detector }: FleetMember, watchers: number): CameraView {
  const { settings, connection, live, info } = camera;
  const width = Math.min(live?.width ?? settings.live.width, info?.width ?? Infinity);
  const height = info === null ? 0 : Math.round((width * info.height) / info.width / 2) * 2;
  return {
    id: camera.id,
    name: settings.name,
    state: connection.state,
    fps: settings.vad.fps,
    score: detector.latest?.anomalyScore ?? null,
    threshold: detector.warmup < 1 ? null : detector.options.threshold,
    live: { watchers, width, height, fps: live?.fps ?? settings.live.fps },
    health: healthOf(connection.state, detector.warmup),
    last_error: connection.lastError,
    url: redactUrl(settings.url),
  };
}

function healthOf(state: CameraView['state'], warmup: number): string {
  if (state !== 'streaming') return state;
  return warmup < 1 ? `learning ${Math.floor(warmup * 100)}%` : 'good';
}
