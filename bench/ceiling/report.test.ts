import { expect, it } from 'vitest';
import { fineRun, fineStep } from './fine-run.js';
import { ceilingReport } from './report.js';
import { resultOf } from './result.js';

const run = {
  ...fineRun,
  conditions: { ...fineRun.conditions, vad_model: 'mulde', vlm_load: 4 },
  streamKbitS: 573,
  machine: { ...fineRun.machine, cpu: 'CPU <of "a" kind>' },
};
const steps = [{ ...fineStep, cameras: 1 }, fineStep, { ...fineStep, cameras: 9, vad_drop_ratio: 0.2 }];

it('needs nothing but itself, and says what was measured, what fits and what is in the way', () => {
  const page = ceilingReport(resultOf({ cameras: 8, broke: 9 }, steps, run));
  expect(page).not.toMatch(/(?:src|href)=|url\(|@import|<script/);
  for (const said of ['8 cameras', '573 kbit/s', 'scored by mulde', '4 alarms a minute', 'vad_drop_ratio'])
    expect(page).toContain(said);
  expect(page).toContain('CPU &lt;of &quot;a&quot; kind&gt;');
  expect(page.match(/<figure>/g)).toHaveLength(8);
});

it('is whole, too, where little was measured', () => {
  const bare = { ...fineStep, cameras: 1, stages: null, live_fps_min: null };
  const page = ceilingReport(resultOf({ cameras: 1, broke: null }, [bare], { ...run, cutShort: true }));
  expect(page).toContain('1 or more cameras');
  expect(page).toContain('Nothing was measured');
  expect(page).not.toContain('NaN');
});
