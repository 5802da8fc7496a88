import { describe, expect, it } from 'vitest';
import { fineStep } from './fine-step.js';
import type { Step } from './levels.js';
import { comfortable, otherConditions, targetsOf, targetTexts, type Conditions } from './targets.js';

const step = (cameras: number, change: Partial<Step> = {}): Step => ({
  ...fineStep,
  cameras,
  cpu_percent: cameras * 4,
  capture_to_score_ms: { p50: 5, p95: cameras * 5, p99: 200 },
  loop_delay_ms_p99: cameras / 2,
  rss_mb: cameras * 50,
  ...change,
});
const steps = [step(1), step(8), step(16), step(20)];
const found = (what: string, ceiling = { cameras: 20, broke: 21 as number | null }, profile = '720p25') =>
  targetsOf(profile, ceiling, steps).find((target) => target.what.includes(what));

describe('targets', () => {
  it('are looked up where they are set: at 16 cameras, and a fifth below what fits', () => {
    expect(comfortable(20)).toBe(16);
    expect(found('cameras of 720p25')).toMatchObject({ measured: 20, holds: true });
    expect(found('listening')).toMatchObject({ measured: 0.9, holds: true });
    expect(found('first score')).toMatchObject({ measured: 2, holds: true });
    expect(found('RSS')?.measured).toBeCloseTo(0.839, 3);
    expect(found('CPU a camera')).toMatchObject({ measured: 1, holds: true });
    expect(found('capture to score')).toMatchObject({ measured: 80, holds: true });
    expect(found('main-loop')).toMatchObject({ measured: 8, holds: true });
  });

  it('are missed beyond their limit', () => {
    const slow = [
      step(1),
      step(16, { start_ms: { listening: 1_501, first_scores: 5_001 }, cpu_percent: 71 }),
    ];
    const missed = targetsOf('720p25', { cameras: 10, broke: 11 }, slow).filter(
      ({ holds }) => holds === false,
    );
    expect(missed.map(({ what }) => what)).toEqual([
      'cameras of 720p25',
      'start to listening, 16 cameras',
      'start to the first score of each of 16 cameras',
      'CPU a camera, 16 against 1',
    ]);
  });

  it('are not decided by what was not measured', () => {
    const targets = targetsOf('720p25', { cameras: 8, broke: null }, [step(1), step(8)]);
    expect(targets.filter(({ holds }) => holds !== null)).toEqual([]);
    const never = [step(1), step(16, { start_ms: { listening: 900, first_scores: null } })];
    expect(targetsOf('720p25', { cameras: 16, broke: null }, never)[2]).toMatchObject({ measured: null });
  });

  it('of small streams count only cameras that leave a quarter of the CPU', () => {
    expect(found('25% of the CPU left', { cameras: 20, broke: 21 }, '360p10')).toMatchObject({
      measured: 16,
      holds: true,
    });
    expect(found('RSS', { cameras: 20, broke: 21 }, '360p10')).toBeUndefined();
  });

  it('are told with their units', () => {
    const [cameras, listening] = targetsOf('720p25', { cameras: 20, broke: 21 }, [step(1)]);
    expect(cameras && targetTexts(cameras)).toMatchObject({
      target: 'at least 16',
      measured: '20',
      holds: 'yes',
    });
    expect(listening && targetTexts(listening)).toMatchObject({
      target: 'at most 1.5 s',
      measured: 'not measured',
      holds: '–',
    });
  });
});

it('says what was measured otherwise than the targets are meant', () => {
  const meant: Conditions = {
    profile: '360p10',
    codec: 'h264',
    source: 'file',
    vad_fps: 5,
    vad_model: 'mnad',
    tiles: 4,
    vlm_load: false,
  };
  expect(otherConditions(meant)).toEqual([]);
  expect(otherConditions({ ...meant, vad_model: 'mulde', tiles: 1 })).toEqual([
    'vad_model mulde instead of mnad',
    'tiles 1 instead of 4',
  ]);
});
