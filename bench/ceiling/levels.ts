/** What a step of the search measured, and which service levels it broke; pure. */
import type { Latency } from './latency.js';

/** One number of cameras, for a while. Names as in `bench/out/ceiling.json`. */
export interface Step {
  cameras: number;
  /** Of the frames that were due for the VAD, the share that was left out. */
  vad_drop_ratio: number;
  capture_to_score_ms: { p50: number; p95: number; p99: number };
  /** Of the watched camera that showed least; null when none was watched. */
  live_fps_min: number | null;
  loop_delay_ms_p99: number;
  /** Longest time that a durable event took to reach DuckDB. */
  store_lag_s: number;
  /** Of the product, 100 being all cores. */
  cpu_percent: number;
  rss_mb: number;
  /** What the product left undone to keep up; `normal` is nothing. */
  overload: string;
  /** CPU time a camera and second. */
  stages: Stage[];
  latency: Latency;
}

/** As the stage of the graphs is called. */
export const vadStage = 'VAD graphs';

interface Stage {
  name: string;
  cpu_ms_per_camera_second: number;
}

/** A service level: how it is called, what it is now, and whether that is too much. */
interface Level {
  name: string;
  limit: string;
  isBroken: (step: Step) => boolean;
}

export const levels: readonly Level[] = [
  { name: 'vad_drop_ratio', limit: 'at most 1%', isBroken: (step) => step.vad_drop_ratio > 0.01 },
  {
    name: 'capture_to_score_ms.p95',
    limit: 'at most 200 ms',
    isBroken: (step) => !(step.capture_to_score_ms.p95 <= 200),
  },
  {
    name: 'live_fps_min',
    limit: 'at least 4.75',
    isBroken: ({ live_fps_min }) => live_fps_min !== null && live_fps_min < 4.75,
  },
  { name: 'loop_delay_ms_p99', limit: 'at most 20 ms', isBroken: (step) => step.loop_delay_ms_p99 > 20 },
  { name: 'store_lag_s', limit: 'at most 2 s', isBroken: (step) => step.store_lag_s > 2 },
  { name: 'overload', limit: 'normal', isBroken: ({ overload }) => overload !== 'normal' },
];

export function brokenLevels(step: Step): string[] {
  return levels.filter(({ isBroken }) => isBroken(step)).map(({ name }) => name);
}

/** Busier than this, the cores themselves are what is short. */
const CPU_FULL_PERCENT = 90;

/** Of its one thread. */
const VAD_FULL = 0.8;

/** What stands in the way of more cameras, and what would lift it; for people. */
export function bottleneckOf(step: Step): { bottleneck: string; lift: string } {
  const broken = brokenLevels(step);
  const [costliest] = step.stages.toSorted((a, b) => b.cpu_ms_per_camera_second - a.cpu_ms_per_camera_second);
  const stage = costliest?.name ?? 'the product';
  if (step.cpu_percent > CPU_FULL_PERCENT)
    return {
      bottleneck: `CPU, most of it in ${stage}`,
      lift: 'more cores, sub-streams of a lower resolution, a lower vad.fps, or hardware decoding',
    };
  if (broken.includes('store_lag_s')) return { bottleneck: 'the disk', lift: 'a faster disk for data_dir' };
  if (broken.includes('loop_delay_ms_p99') || (broken.includes('live_fps_min') && step.overload === 'normal'))
    return { bottleneck: 'the main thread', lift: 'fewer watched tiles, or a faster core' };
  if (broken.length > 0 && vadShare(step) < VAD_FULL)
    return {
      bottleneck: `CPU in bursts, most of it in ${stage}: frames that come at the same moment wait for each other`,
      lift: 'more cores, sub-streams of a lower resolution, a lower vad.fps, or hardware decoding',
    };
  if (broken.length > 0)
    return { bottleneck: 'the VAD, which runs on one thread', lift: 'a lower vad.fps, or an accelerator' };
  return { bottleneck: 'none was found', lift: 'a higher --max' };
}

/** Of one second, how much the VAD's thread is in its graphs. */
function vadShare({ cameras, stages }: Step): number {
  const graphs = stages.find(({ name }) => name === vadStage);
  return ((graphs?.cpu_ms_per_camera_second ?? 0) * cameras) / 1_000;
}
