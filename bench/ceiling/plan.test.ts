import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { planFile, readPlan, thisMachine } from '../../src/plan.js';
import { fineStep } from './fine-run.js';
import { planOf, whyNoPlan } from './plan.js';
import { resultOf } from './result.js';

const run = {
  conditions: {
    profile: '360p10',
    codec: 'h264',
    source: 'file',
    vad_fps: 5,
    vad_model: 'mulde',
    tiles: 4,
    vlm_load: null,
  },
  streamKbitS: 250,
  quick: false,
  cutShort: false,
  measuredAt: 1_700_000_000,
  machine: thisMachine(),
  ratios: [],
};
const late = { ...fineStep, cameras: 9, vad_drop_ratio: 0.2 };

it('is what the product reads', () => {
  const result = resultOf({ cameras: 8, broke: 9 }, [fineStep, late], run);
  expect(whyNoPlan(result)).toBeNull();
  const dataDir = mkdtempSync(path.join(tmpdir(), 'nunchi-plan-'));
  writeFileSync(planFile(dataDir), JSON.stringify(planOf(result)));
  expect(readPlan(dataDir)).toMatchObject({ cameras: 8, profile: '360p10', vad_model: 'mulde' });
});

it('is none where nothing broke, or something else took the cores', () => {
  expect(whyNoPlan(resultOf({ cameras: 8, broke: null }, [fineStep], run))).toContain('higher --max');
  const disturbed = { ...late, cpu_percent: 20, machine_cpu_percent: 99 };
  expect(whyNoPlan(resultOf({ cameras: 8, broke: 9 }, [fineStep, disturbed], run))).toContain(
    'took its cores',
  );
});
