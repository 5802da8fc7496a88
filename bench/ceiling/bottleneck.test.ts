import { describe, expect, it } from 'vitest';
import { bottleneckOf } from './bottleneck.js';
import { fineStep, stage } from './fine-run.js';

const late = { ...fineStep, vad_drop_ratio: 0.2 };

describe('the bottleneck', () => {
  it('is none while every level holds', () => {
    expect(bottleneckOf({ ...fineStep, cpu_percent: 97 })).toMatchObject({
      stage: null,
      resource: 'none found',
    });
  });

  it('is all cores when the product fills them, with the costliest stage and what lowers its cost', () => {
    const found = bottleneckOf({ ...late, cpu_percent: 97 });
    expect(found).toMatchObject({ stage: 'cameras', resource: 'all cores' });
    expect(found.bottleneck).toContain('60 ms a camera and second');
    expect(found.lift).toContain('sub-streams');
  });

  it('is what else runs here when that takes the cores', () => {
    const found = bottleneckOf({ ...late, cpu_percent: 50, machine_cpu_percent: 99 });
    expect(found).toMatchObject({ resource: 'cores that others use' });
    expect(found.bottleneck).toContain('49%');
  });

  it('is one core when a stage of one thread fills it, but never because of one of many camera threads', () => {
    const stages = [stage('vad', 40, 95), stage('cameras', 60, 99)];
    expect(bottleneckOf({ ...late, stages })).toMatchObject({ stage: 'vad', resource: 'one core' });
    expect(bottleneckOf({ ...late, machine_cpu_percent: 99, stages })).toMatchObject({ stage: 'vad' });
    const cameras = [stage('vad', 40, 30), stage('cameras', 60, 99)];
    expect(bottleneckOf({ ...late, stages: cameras })).toMatchObject({ resource: 'cores in bursts' });
  });

  it('is the disk or the main thread when their levels break and nothing is full', () => {
    expect(bottleneckOf({ ...fineStep, store_lag_s: 3 })).toMatchObject({ stage: 'store', resource: 'disk' });
    expect(bottleneckOf({ ...fineStep, loop_delay_ms_p99: 30 })).toMatchObject({ stage: 'main' });
    expect(bottleneckOf({ ...fineStep, live_fps_min: 4 })).toMatchObject({ stage: 'main' });
  });

  it('is cores in bursts otherwise, of an unknown stage where threads are not told', () => {
    expect(bottleneckOf(late)).toMatchObject({ stage: 'cameras', resource: 'cores in bursts' });
    expect(bottleneckOf({ ...late, stages: null })).toMatchObject({
      stage: null,
      resource: 'cores in bursts',
    });
  });
});
