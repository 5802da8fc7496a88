import { describe, expect, it } from 'vitest';
import { fineRun, fineStep } from './fine-run.js';
import type { Step } from './levels.js';
import { ratioOf } from '../micro/measure.js';
import { wanted } from '../micro/targets.js';
import { comfortable, otherConditions, targetsOf, targetTexts } from './targets.js';

const step = (cameras: number, change: Partial<Step> = {}): Step => ({
  ...fineStep,
  cameras,
  cpu_percent: cameras * 4,
  capture_to_score_ms: { p50: 5, p95: cameras * 5, p99: 200 },
  loop_delay_ms_p99: cameras / 2,
  rss_mb: cameras * 50,
  ...change,
});
const ratio = (what: keyof typeof wanted, measured: number) =>
  ratioOf({ ...wanted[what], unit: 'ms', ours: [measured], baseline: [1] });
const ratios = [ratio('fanout', 0.7), ratio('api', 1.3)];
const steps = [step(1), step(8), step(16), step(20)];
const found = (what: string, ceiling = { cameras: 20, broke: 21 as number | null }, profile = '720p25') =>
  targetsOf(profile, ceiling, steps, ratios).find((target) => target.what.includes(what));

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
    const missed = targetsOf('720p25', { cameras: 10, broke: 11 }, slow, []).filter(
      ({ holds }) => holds === false,
    );
    expect(missed.map(({ what }) => what)).toEqual([
      'cameras of 720p25',
      'CPU a camera, 16 against 1',
      'start to listening, 16 cameras',
      'start to the first score of each of 16 cameras',
    ]);
  });

  it('are not decided by what was not measured', () => {
    const targets = targetsOf('720p25', { cameras: 8, broke: null }, [step(1), step(8)], []);
    expect(targets.filter(({ holds }) => holds !== null)).toEqual([]);
    const never = [step(1), step(16, { start_ms: { listening: 900, first_scores: null } })];
    const first = targetsOf('720p25', { cameras: 16, broke: null }, never, []).find(({ what }) =>
      what.includes('first score'),
    );
    expect(first).toMatchObject({ measured: null, holds: null });
  });

  it('of small streams count only cameras that leave a quarter of the CPU', () => {
    expect(found('25% of the CPU left', { cameras: 20, broke: 21 }, '360p10')).toMatchObject({
      measured: 16,
      holds: true,
    });
    const others = { measured: null, holds: null };
    expect(found('RSS', { cameras: 20, broke: 21 }, '360p10')).toMatchObject(others);
    expect(found('cameras of 720p25', { cameras: 20, broke: 21 }, '360p10')).toMatchObject(others);
    expect(found('25% of the CPU left')).toMatchObject(others);
  });

  it('are those of the issue, each with a row whether it was measured or not', () => {
    expect(targetsOf('720p25', { cameras: 20, broke: 21 }, steps, []).map(({ what }) => what)).toEqual([
      'cameras of 360p10 with 25% of the CPU left',
      'cameras of 720p25',
      'decode+scale against an ffmpeg child, its raw frames scaled here',
      'decode+scale against ffmpeg -f null',
      'VAD service against bare session.run, MNAD in runs of 8',
      'event accepted to durable at 500 a second, p99 against the limit',
      'WebSocket fan-out to 16 clients against ws',
      'API through uWebSockets.js against @hono/node-server',
      'CPU a camera, 16 against 1',
      'capture to score, p95, at a fifth less than fit (16)',
      'main-loop delay, p99, at a fifth less than fit (16)',
      'start to listening, 16 cameras',
      'start to the first score of each of 16 cameras',
      'RSS with 16 cameras of 720p25',
    ]);
  });

  it('of ratios hold on the better side, by their own names', () => {
    expect(found('fan-out')).toMatchObject({
      measured: 0.7,
      holds: false,
      limit: { is: 'at most', value: 0.6 },
    });
    expect(found('API')).toMatchObject({
      measured: 1.3,
      holds: true,
      limit: { is: 'at least', value: 1.25 },
    });
    expect(found('bare session.run')).toMatchObject({ measured: null, holds: null });
  });

  it('are told with their units', () => {
    const targets = targetsOf('720p25', { cameras: 20, broke: 21 }, [step(1)], []);
    const cameras = targets.find(({ what }) => what === 'cameras of 720p25');
    const listening = targets.find(({ what }) => what.includes('listening'));
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
  const meant = { ...fineRun.conditions, profile: '360p10' };
  expect(otherConditions(meant, [fineStep])).toEqual([]);
  expect(otherConditions({ ...meant, vad_model: 'mulde', tiles: 1, vlm_load: 4 }, [fineStep])).toEqual([
    'vad_model mulde instead of mnad',
    'tiles 1 instead of 4',
    'vlm_load 4 instead of none',
  ]);
  const busy = { ...fineStep, cpu_percent: 20, machine_cpu_percent: 90 };
  expect(otherConditions(meant, [fineStep, busy])).toEqual(['up to 70% of the CPU taken by something else']);
});
