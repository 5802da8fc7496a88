/** For tests: a step at the limits of every service level, and a run under the conditions that targets are set for. */
import { thisMachine } from '../../src/plan.js';
import type { Step } from './levels.js';
import type { Run } from './result.js';
import { stageNames, type StageId } from './stages.js';

export function stage(id: StageId, cpuMs: number, busiestPercent = 0) {
  return {
    id,
    name: stageNames[id],
    threads: 1,
    cpu_ms_per_camera_second: cpuMs,
    busiest_thread_percent: busiestPercent,
  };
}

export const fineStep: Step = {
  cameras: 8,
  start_ms: { listening: 900, first_scores: 2_000 },
  vad_drop_ratio: 0.01,
  capture_to_score_ms: { p50: 20, p95: 200, p99: 400 },
  live_fps_min: 4.75,
  loop_delay_ms_p99: 20,
  store_lag_s: 2,
  cpu_percent: 60,
  machine_cpu_percent: 65,
  rss_mb: 500,
  overload: 'normal',
  vlm: null,
  stages: [stage('vad', 40, 32), stage('cameras', 60, 7), stage('main', 5, 4)],
  latency: [],
};

export const fineRun: Run = {
  conditions: {
    profile: '720p25',
    codec: 'h264',
    source: 'file',
    vad_fps: 5,
    vad_model: 'mnad',
    tiles: 4,
    vlm_load: null,
  },
  streamKbitS: 600,
  quick: false,
  cutShort: false,
  measuredAt: 1_700_000_000,
  machine: thisMachine(),
  ratios: [],
};
