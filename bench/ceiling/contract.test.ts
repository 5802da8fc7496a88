import { expect, it } from 'vitest';
import { z } from 'zod';
import { ratioOf } from '../micro/measure.js';
import { wanted } from '../micro/targets.js';
import { fineRun, fineStep, stage } from './fine-run.js';
import { resultOf } from './result.js';

/** What others read of bench/out/ceiling.json: it may say more, but neither less nor anything else by these names. */
const ceilingFile = z.object({
  profile: z.string(),
  cameras: z.int().min(0),
  broke_on: z.array(z.string()),
  bottleneck: z.string().min(1),
  steps: z
    .array(
      z.object({
        cameras: z.int().min(1),
        vad_drop_ratio: z.number().min(0).max(1),
        capture_to_score_ms: z.strictObject({ p50: z.number(), p95: z.number(), p99: z.number() }),
        live_fps_min: z.number().nullable(),
        loop_delay_ms_p99: z.number().min(0),
        cpu_percent: z.number().min(0),
        rss_mb: z.number().positive(),
      }),
    )
    .min(1),
  stages: z.array(z.object({ name: z.string(), cpu_ms_per_camera_second: z.number().min(0) })),
  machine: z.object({ cpu: z.string(), cores: z.int(), memory_mb: z.int(), node: z.string() }),
});

const ratiosFile = z.array(
  z.object({
    name: z.string(),
    ours: z.number(),
    baseline: z.number(),
    ratio: z.number(),
    target: z.number().nullable(),
    holds: z.boolean().nullable(),
  }),
);

const late = { ...fineStep, cameras: 9, vad_drop_ratio: 0.2, stages: [stage('vad', 50, 95)] };
const asRead = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

it('ceiling.json is as it is promised, with the stages of the number of cameras that did not fit', () => {
  const result = resultOf({ cameras: 8, broke: 9 }, [late, fineStep], fineRun);
  const read = ceilingFile.parse(asRead(result));
  expect(read).toMatchObject({ profile: '720p25', cameras: 8, broke_on: ['vad_drop_ratio'] });
  expect(read.steps.map(({ cameras }) => cameras)).toEqual([8, 9]);
  expect(read.stages).toMatchObject([{ cpu_ms_per_camera_second: 50 }]);
});

it('ceiling.json is so, too, where no level broke and the system tells of no threads', () => {
  const plain = { ...fineStep, stages: null, live_fps_min: null };
  const read = ceilingFile.parse(asRead(resultOf({ cameras: 8, broke: null }, [plain], fineRun)));
  expect(read).toMatchObject({ broke_on: [], stages: [] });
});

it('ratios.json is as it is promised', () => {
  const measured = { unit: 'ms', ours: [1], baseline: [2] };
  const ratios = [
    ratioOf({ ...wanted.decodeByChild, ...measured }),
    ratioOf({ name: 'other', better: 'lower', target: null, ...measured }),
  ];
  expect(ratiosFile.parse(asRead(ratios))).toHaveLength(2);
});
