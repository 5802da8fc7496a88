/** The whole product with so many cameras and watched tiles, for a while. */
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CameraSources } from './cameras.js';
import { quantileOf } from './latency.js';
import type { Step } from './levels.js';
import { latencyBetween, samplesOf, sumOf } from './metrics-text.js';
import { startProduct, type StartedProduct } from './product.js';
import { stagesOf } from './stages.js';
import type { ThreadTimes } from './thread-times.js';
import { watchTiles } from './tiles.js';

export interface Load {
  sources: CameraSources;
  /** Where the product may read files. */
  mediaDir: string;
  vadFps: number;
  vadModel: string;
  /** As in the product's configuration. */
  decode: { backend: string; hardware: string; ffmpeg: string };
  tiles: number;
  /** How often a minute each camera shows an alarm, with the shipped VLM to ask; null: the VLM is off. */
  vlmLoad: number | null;
  warmupS: number;
  stepS: number;
}

/** What is done, and how much of it, from 0 to 1; for people. */
export type OnPhase = (phase: string, share: number) => void;

/** As far as it is needed of `/api/stats`. */
interface Stats {
  rss_mb: number;
  overload: { state: string };
  store: { lastSeq?: number; projectedSeq?: number };
}

/** Everything that is counted from one moment to another. */
interface Counted {
  stats: Stats;
  metrics: string;
  threads: ThreadTimes | null;
  machine: { busyMs: number; idleMs: number };
  atMs: number;
}

const MS_PER_S = 1_000;
const S_PER_MIN = 60;
const START_MS = 60_000;
/** Cameras learn for 20 s of it. */
const FIRST_VERDICT_MS = 90_000;
const LOOK_MS = 250;
/** prom-client tells the time between two looks at the loop, which are as far apart. */
const LOOP_RESOLUTION_MS = 10;

/** Throws an AbortError when `signal` aborts, and when the product does not start. */
export async function measure(
  cameras: number,
  load: Load,
  { signal, onPhase }: { signal: AbortSignal; onPhase: OnPhase },
): Promise<Step> {
  signal.throwIfAborted();
  onPhase('starting', 0);
  const product = await startProduct(configOf(cameras, load), signal);
  try {
    onPhase('waiting for the first scores', 0);
    const firstScoresMs = await firstScores(product, cameras, signal);
    const tiles = await watchTiles(product.url, Math.min(cameras, load.tiles));
    if (load.vlmLoad !== null) {
      onPhase('waiting for the cameras to have learned, and the VLM to be loaded', 0);
      await firstVerdict(product, cameras, signal);
    }
    await during(load.warmupS, signal, (share) => {
      onPhase('warming up', share);
    });
    const from = await count(product);
    tiles.reset();
    const lag = lagWatch();
    await during(load.stepS, signal, async (share) => {
      onPhase('measuring', share);
      lag.look((await stats(product.url)).store);
    });
    const liveFpsMin = tiles.fpsMin();
    const to = await count(product);
    tiles.close();
    const start_ms = { listening: product.listeningMs, first_scores: firstScoresMs };
    return {
      cameras,
      start_ms,
      live_fps_min: liveFpsMin,
      store_lag_s: lag.longestMs() / MS_PER_S,
      ...between(from, to, cameras, load, product),
    };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    onPhase('stopping', 1);
    await product.stop();
  }
}

function configOf(count: number, { sources, mediaDir, vadFps, vadModel, decode, vlmLoad }: Load): object {
  const cameras = sources.urls(count).map((url, i) => [`cam${i}`, { url }] as const);
  return {
    media_dir: mediaDir,
    decode,
    http: { port: 0, rate_limit_per_s: 10_000 },
    defaults: {
      vad: { fps: vadFps, model: vadModel },
    },
    // What `auto` means for cameras that are not of the demo depends on what was pulled.
    vlm: vlmLoad === null ? { enabled: false } : { enabled: true, model: 'shipped' },
    cameras: Object.fromEntries(cameras),
  };
}

/** Milliseconds from the start until each camera had a score; null when it has become clear that some never will. */
async function firstScores(
  product: StartedProduct,
  cameras: number,
  signal: AbortSignal,
): Promise<number | null> {
  for (;;) {
    const frames = samplesOf('nunchi_camera_scored_frames_total', await metrics(product.url));
    const sinceMs = performance.now() - product.startedMs;
    if (frames.filter((scored) => scored > 0).length === cameras) return sinceMs;
    if (sinceMs > START_MS) return null;
    await sleep(LOOK_MS / 4, undefined, { signal });
  }
}

/** Waits until each camera can alarm and the VLM has answered; not for ever: what follows tells how much it had to do. */
async function firstVerdict({ url, startedMs }: StartedProduct, cameras: number, signal: AbortSignal) {
  while (performance.now() - startedMs < FIRST_VERDICT_MS) {
    const told = (await (await fetch(`${url}/api/cameras`)).json()) as {
      cameras: { score: number | null }[];
    };
    const learned = told.cameras.filter(({ score }) => score !== null).length;
    if (learned === cameras && sumOf('nunchi_verifications_total', await metrics(url)) > 0) return;
    await sleep(LOOK_MS, undefined, { signal });
  }
}

/** Tells how much of it has passed, a few times a second. */
async function during(
  seconds: number,
  signal: AbortSignal,
  onLook: (share: number) => void | Promise<void>,
): Promise<void> {
  const fromMs = performance.now();
  for (;;) {
    const share = (performance.now() - fromMs) / (seconds * MS_PER_S);
    if (share >= 1) return;
    await onLook(share);
    await sleep(Math.min(LOOK_MS, (1 - share) * seconds * MS_PER_S), undefined, { signal });
  }
}

/** Longest time from when an event was seen to be durable until it was seen in DuckDB. */
function lagWatch() {
  let waiting: { seq: number; sinceMs: number } | null = null;
  let longestMs = 0;
  return {
    look({ lastSeq, projectedSeq }: Stats['store']): void {
      const nowMs = performance.now();
      if (waiting !== null) longestMs = Math.max(longestMs, nowMs - waiting.sinceMs);
      if (lastSeq === undefined || projectedSeq === undefined) return;
      if (waiting !== null && projectedSeq >= waiting.seq) waiting = null;
      if (waiting === null && lastSeq > projectedSeq) waiting = { seq: lastSeq, sinceMs: nowMs };
    },
    longestMs: () => longestMs,
  };
}

async function count(product: StartedProduct): Promise<Counted> {
  // Metrics first: they tell of the loop since they were last asked for.
  const text = await metrics(product.url);
  return {
    metrics: text,
    stats: await stats(product.url),
    threads: product.threadTimes(),
    machine: machineMs(),
    atMs: performance.now(),
  };
}

function between(
  from: Counted,
  to: Counted,
  cameras: number,
  { vadFps, vlmLoad }: Load,
  product: StartedProduct,
): Omit<Step, 'cameras' | 'start_ms' | 'live_fps_min' | 'store_lag_s'> {
  const grown = (name: string): number => sumOf(name, to.metrics) - sumOf(name, from.metrics);
  const seconds = (to.atMs - from.atMs) / MS_PER_S;
  const latency = latencyBetween(from.metrics, to.metrics);
  const due = cameras * vadFps * seconds;
  // Each camera may have one frame under way at either end.
  const missing = due - grown('nunchi_camera_scored_frames_total') - cameras;
  const loopMs = sumOf('nodejs_eventloop_lag_p99_seconds', to.metrics) * MS_PER_S;
  const busyMs = to.machine.busyMs - from.machine.busyMs;
  const idleMs = to.machine.idleMs - from.machine.idleMs;
  return {
    vad_drop_ratio: Math.max(0, missing) / due,
    capture_to_score_ms: {
      p50: quantileOf(latency, 0.5),
      p95: quantileOf(latency, 0.95),
      p99: quantileOf(latency, 0.99),
    },
    loop_delay_ms_p99: Math.max(0, loopMs - LOOP_RESOLUTION_MS),
    cpu_percent: (grown('process_cpu_seconds_total') / seconds / os.availableParallelism()) * 100,
    machine_cpu_percent: (busyMs / (busyMs + idleMs)) * 100,
    rss_mb: to.stats.rss_mb,
    overload: to.stats.overload.state,
    vlm:
      vlmLoad === null
        ? null
        : {
            wanted: (cameras * vlmLoad * seconds) / S_PER_MIN,
            answered: grown('nunchi_verifications_total'),
            unverified: grown('nunchi_unverified_candidates_total'),
          },
    stages:
      from.threads === null || to.threads === null
        ? null
        : stagesOf(product.threadNames(), from.threads, to.threads, { cameras, seconds }),
    latency,
  };
}

/** Of all cores together, since the machine started. */
function machineMs(): Counted['machine'] {
  const times = os.cpus().map((core) => core.times);
  const idleMs = times.reduce((sum, { idle }) => sum + idle, 0);
  const busyMs = times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, 0);
  return { busyMs, idleMs };
}

async function metrics(url: string): Promise<string> {
  return (await fetch(`${url}/metrics`)).text();
}

async function stats(url: string): Promise<Stats> {
  return (await (await fetch(`${url}/api/stats`)).json()) as Stats;
}
