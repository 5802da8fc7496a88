/** The whole product as a process of its own, with so many cameras and watched tiles, for a while. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { packagePath } from '../../src/paths.js';
import { quantileOf, type Latency } from './latency.js';
import { vadStage, type Step } from './levels.js';

export interface Load {
  /** Folder with the clips, which cameras show in turn, for ever. */
  source: { folder: string; files: readonly string[] };
  vadFps: number;
  tiles: number;
  /** So touchy that the VLM is always busy; it is off otherwise. */
  vlm: boolean;
  warmupS: number;
  stepS: number;
}

/** As far as it is needed of `/api/stats`. */
interface Stats {
  rss_mb: number;
  overload: { state: string };
  store: { lastSeq: number; projectedSeq: number; flushMs: number } | null;
  cameras: Record<string, { vadFrames: number } | null>;
}

/** Everything that is counted from one moment to another. */
interface Counted {
  stats: Stats;
  metrics: string;
  cpuMs: number;
  atMs: number;
}

const CLOCK_TICKS_PER_S = 100;
const START_MS = 60_000;
/** prom-client tells the time between two looks at the loop, which are as far apart. */
const LOOP_RESOLUTION_MS = 10;

export async function measure(cameras: number, load: Load, signal: AbortSignal): Promise<Step> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'nunchi-ceiling-'));
  const product = spawn(
    process.execPath,
    [packagePath('dist/main.js'), ...argumentsFor(cameras, load, dataDir)],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...ownEnvironment(), UV_THREADPOOL_SIZE: '16' },
    },
  );
  const kill = (): void => void product.kill('SIGKILL');
  signal.addEventListener('abort', kill);
  process.once('exit', kill);
  try {
    const url = await listening(product);
    await streaming(url, cameras);
    const tiles = await watchTiles(url, Math.min(cameras, load.tiles));
    await sleep(load.warmupS * 1_000, undefined, { signal });
    const from = await count(url, product);
    tiles.reset();
    const lagS = await longestLag(url, load.stepS, signal);
    const liveFpsMin = tiles.fpsMin();
    const to = await count(url, product);
    const step = stepOf({ cameras, vadFps: load.vadFps }, from, to, { liveFpsMin, lagS });
    tiles.close();
    return step;
  } finally {
    product.kill('SIGTERM');
    if (product.exitCode === null && product.signalCode === null) await once(product, 'exit');
    signal.removeEventListener('abort', kill);
    process.off('exit', kill);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Without settings of a product that runs here. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('NUNCHI_')));
}

function argumentsFor(count: number, { source, vadFps, vlm }: Load, dataDir: string): string[] {
  const { files } = source;
  const cameras = Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `cam${i}`,
      { url: path.join(source.folder, files[i % files.length] ?? '') },
    ]),
  );
  const config = {
    data_dir: dataDir,
    media_dir: source.folder,
    http: { port: 0, rate_limit_per_s: 10_000 },
    defaults: { vad: { fps: vadFps, ...(vlm ? { threshold: 0.05, warmup_s: 2 } : {}) } },
    vlm: { enabled: vlm },
    cameras,
  };
  const file = path.join(dataDir, 'nunchi.yaml');
  writeFileSync(file, JSON.stringify(config));
  return ['--config', file];
}

async function listening(product: ChildProcess): Promise<string> {
  let said = '';
  for await (const text of product.stdout ?? []) {
    said += String(text);
    const url = /^listening on (http:\S+)$/m.exec(said)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error('the product ended before it listened; run npm start to see why');
}

async function get<T>(url: string, route: string): Promise<T> {
  const reply = await fetch(url + route);
  return (await reply.json()) as T;
}

/** Resolves once every camera delivers, or when it has become clear that some never will. */
async function streaming(url: string, cameras: number): Promise<void> {
  const endMs = performance.now() + START_MS;
  for (;;) {
    const { cameras: counters } = await get<Stats>(url, '/api/stats');
    const delivering = Object.values(counters).filter((counted) => (counted?.vadFrames ?? 0) > 0);
    if (delivering.length === cameras || performance.now() > endMs) return;
    await sleep(200);
  }
}

/** Real clients, each of one camera, in this process: what they cost is not the product's. */
async function watchTiles(url: string, tiles: number) {
  const frames = Array.from({ length: tiles }, () => 0);
  let fromMs = performance.now();
  const sockets = await Promise.all(
    frames.map(async (_, i) => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`);
      await once(socket, 'open');
      socket.on('message', (_data, isBinary) => {
        if (isBinary) frames[i] = (frames[i] ?? 0) + 1;
      });
      socket.send(JSON.stringify({ type: 'subscribe', camera_ids: [`cam${i}`], fps: 5 }));
      return socket;
    }),
  );
  return {
    reset() {
      frames.fill(0);
      fromMs = performance.now();
    },
    /** Since the reset. */
    fpsMin: () => (tiles === 0 ? null : Math.min(...frames) / ((performance.now() - fromMs) / 1_000)),
    close() {
      for (const socket of sockets) socket.terminate();
    },
  };
}

async function count(url: string, product: ChildProcess): Promise<Counted> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const stats = await get<Stats>(url, '/api/stats');
  return { stats, metrics, cpuMs: cpuMsOf(product.pid ?? 0), atMs: performance.now() };
}

/** Longest time from when an event was seen to be durable until it was in DuckDB, looked at every quarter of a second. */
async function longestLag(url: string, seconds: number, signal: AbortSignal): Promise<number> {
  const endMs = performance.now() + seconds * 1_000;
  let waiting: { seq: number; sinceMs: number } | null = null;
  let longestMs = 0;
  while (performance.now() < endMs) {
    await sleep(250, undefined, { signal });
    const { store } = await get<Stats>(url, '/api/stats');
    const nowMs = performance.now();
    if (waiting !== null) longestMs = Math.max(longestMs, nowMs - waiting.sinceMs);
    if (store === null) continue;
    if (waiting !== null && store.projectedSeq >= waiting.seq) waiting = null;
    if (waiting === null && store.lastSeq > store.projectedSeq)
      waiting = { seq: store.lastSeq, sinceMs: nowMs };
  }
  return longestMs / 1_000;
}

function stepOf(
  { cameras, vadFps }: { cameras: number; vadFps: number },
  from: Counted,
  to: Counted,
  { liveFpsMin, lagS }: { liveFpsMin: number | null; lagS: number },
): Step {
  const seconds = (to.atMs - from.atMs) / 1_000;
  const cpuMs = to.cpuMs - from.cpuMs;
  const latency = latencyOf(from.metrics, to.metrics);
  const due = cameras * vadFps * seconds;
  // Each camera may have one frame under way at either end.
  const missing = due - grown('nunchi_camera_scored_frames_total', from, to) - cameras;
  const vadMs = grown('nunchi_inference_duration_seconds_sum', from, to) * 1_000;
  const storeMs = (to.stats.store?.flushMs ?? 0) - (from.stats.store?.flushMs ?? 0);
  const each = (ms: number) => ms / cameras / seconds;
  return {
    cameras,
    vad_drop_ratio: Math.max(0, missing) / due,
    capture_to_score_ms: {
      p50: quantileOf(latency, 0.5),
      p95: quantileOf(latency, 0.95),
      p99: quantileOf(latency, 0.99),
    },
    live_fps_min: liveFpsMin,
    loop_delay_ms_p99: Math.max(
      0,
      sumOf('nodejs_eventloop_lag_p99_seconds', to.metrics) * 1_000 - LOOP_RESOLUTION_MS,
    ),
    store_lag_s: lagS,
    cpu_percent: (cpuMs / (seconds * 1_000) / os.availableParallelism()) * 100,
    rss_mb: to.stats.rss_mb,
    overload: to.stats.overload.state,
    latency,
    stages: [
      { name: 'decoding, scaling and all else', cpu_ms_per_camera_second: each(cpuMs - vadMs - storeMs) },
      { name: vadStage, cpu_ms_per_camera_second: each(vadMs) },
      { name: 'store flushes', cpu_ms_per_camera_second: each(storeMs) },
    ],
  };
}

function grown(name: string, from: Counted, to: Counted): number {
  return sumOf(name, to.metrics) - sumOf(name, from.metrics);
}

/** Of a metric, whatever its labels. */
function sumOf(name: string, metrics: string): number {
  const lines = metrics
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

/** From the buckets of the histogram; the last one holds all that are later still. */
function latencyOf(before: string, after: string): Latency {
  const buckets = (metrics: string) =>
    [...metrics.matchAll(/^nunchi_e2e_duration_seconds_bucket{le="([^"]+)"} (\S+)$/gm)].map(
      ([, le, value]) => ({
        ms: Number(le) * 1_000,
        frames: Number(value),
      }),
    );
  const earlier = buckets(before);
  const grownBy = buckets(after).map(({ ms, frames }, i) => ({
    ms,
    frames: frames - (earlier[i]?.frames ?? 0),
  }));
  const all = grownBy.at(-1)?.frames ?? 0;
  return grownBy
    .filter(({ ms }) => ms > 0)
    .map(({ ms, frames }) => ({ ms, share: all === 0 ? 0 : frames / all }));
}

/** User and system time of all threads of a process (proc(5), /proc/PID/stat). */
function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_S) * 1_000;
}
