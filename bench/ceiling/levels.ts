/** What a step of the search measured, and which service levels it broke; pure. */
import type { Latency } from './latency.js';
import type { Stage } from './stages.js';

/** One number of cameras, for a while. Names as in `bench/out/ceiling.json`. */
export interface Step {
  cameras: number;
  /** From the start of the process; the first scores are those of all cameras, null when some never came. */
  start_ms: { listening: number; first_scores: number | null };
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
  /** Of all that runs here, what measures included. */
  machine_cpu_percent: number;
  rss_mb: number;
  /** What the product left undone to keep up; `normal` is nothing. */
  overload: string;
  /**
   * Alarms that the cameras showed, those of them that the VLM answered for, and those that it was late for or that
   * failed; null when it is off.
   */
  vlm: { wanted: number; answered: number; unverified: number } | null;
  /** By the CPU time of threads; null where the system does not tell it. */
  stages: Stage[] | null;
  latency: Latency;
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

/** Whether the VLM had about as much to do as was asked for; also where that was nothing. */
export function isWellLoaded({ vlm }: Step): boolean {
  return vlm === null || vlm.answered + vlm.unverified >= vlm.wanted / 2;
}

export function brokenLevels(step: Step): string[] {
  return levels.filter(({ isBroken }) => isBroken(step)).map(({ name }) => name);
}
