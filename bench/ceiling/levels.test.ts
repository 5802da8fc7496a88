import { describe, expect, it } from 'vitest';
import { fineStep } from './fine-run.js';
import { brokenLevels } from './levels.js';

describe('service levels', () => {
  it('hold at their limits, and break beyond them', () => {
    expect(brokenLevels(fineStep)).toEqual([]);
    expect(brokenLevels({ ...fineStep, live_fps_min: null })).toEqual([]);
    const bad = {
      ...fineStep,
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
    expect(brokenLevels({ ...fineStep, capture_to_score_ms: { p50: NaN, p95: NaN, p99: NaN } })).toEqual([
      'capture_to_score_ms.p95',
    ]);
  });
});
