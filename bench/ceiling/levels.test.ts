import { describe, expect, it } from 'vitest';
import { bottleneckOf, brokenLevels, vadStage, type Step } from './levels.js';

const fine: Step = {
  cameras: 8,
  vad_drop_ratio: 0.01,
  capture_to_score_ms: { p50: 20, p95: 200, p99: 400 },
  live_fps_min: 4.75,
  loop_delay_ms_p99: 20,
  store_lag_s: 2,
  cpu_percent: 60,
  rss_mb: 500,
  overload: 'normal',
  latency: [],
  stages: [
    { name: vadStage, cpu_ms_per_camera_second: 40 },
    { name: 'decoding and the rest', cpu_ms_per_camera_second: 60 },
  ],
};

describe('service levels', () => {
  it('hold at their limits, and break beyond them', () => {
    expect(brokenLevels(fine)).toEqual([]);
    expect(brokenLevels({ ...fine, live_fps_min: null })).toEqual([]);
    const bad = {
      ...fine,
      vad_drop_ratio: 0.011,
      capture_to_score_ms: { p50: 20, p95: 201, p99: 400 },
      live_fps_min: 4.7,
      loop_delay_ms_p99: 21,
      store_lag_s: 2.1,
      overload: 'live_reduced',
    };
    expect(brokenLevels(bad)).toHaveLength(6);
  });

  it('are broken by what was not measured', () => {
    expect(brokenLevels({ ...fine, capture_to_score_ms: { p50: NaN, p95: NaN, p99: NaN } })).toEqual([
      'capture_to_score_ms.p95',
    ]);
  });

  it('tell of the bottleneck: the CPU with its costliest stage, else what the broken level stands for', () => {
    expect(bottleneckOf({ ...fine, cpu_percent: 97, vad_drop_ratio: 0.5 }).bottleneck).toBe(
      'CPU, most of it in decoding and the rest',
    );
    expect(bottleneckOf({ ...fine, store_lag_s: 3 }).bottleneck).toContain('disk');
    expect(bottleneckOf({ ...fine, loop_delay_ms_p99: 30 }).bottleneck).toContain('main thread');
    expect(bottleneckOf({ ...fine, vad_drop_ratio: 0.2 }).bottleneck).toContain('CPU in bursts');
    expect(bottleneckOf({ ...fine, cameras: 24, vad_drop_ratio: 0.2 }).bottleneck).toContain('the VAD');
    expect(bottleneckOf(fine).bottleneck).toContain('none');
  });
});
