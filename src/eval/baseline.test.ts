import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareReports, readBaseline } from './baseline.js';
import type { EvalReport } from './report.js';

const report: EvalReport = {
  dataset: 'set',
  model: 'mnad',
  online: { micro_auc: 0.9, macro_auc: 0.9 },
  literature: { micro_auc: 0.95, macro_auc: 0.95 },
  events: {
    recall: 0.9,
    precision: 0.8,
    delay_s: { median: 0.6, p95: 2 },
    false_alarms_per_hour: 3,
  },
  cost: { cpu_ms_per_frame: 8 },
  clips: [],
};

const withEvents = (events: Partial<EvalReport['events']>): EvalReport => ({
  ...report,
  events: { ...report.events, ...events },
});

const regressions = (now: EvalReport, before = report): string[] =>
  compareReports(before, now)
    .filter(({ regressed }) => regressed)
    .map(({ name }) => name);

describe('the regression gate', () => {
  it.each([
    ['an area', 'online micro AUC', { ...report, online: { micro_auc: 0.8949, macro_auc: 0.895 } }],
    ['recall', 'event recall', withEvents({ recall: 0.8799, precision: 0.78 })],
    ['precision', 'event precision', withEvents({ recall: 0.88, precision: 0.7799 })],
    ['the delay', 'delay, median (s)', withEvents({ delay_s: { median: 0.8001, p95: 2.2 } })],
    ['false alarms', 'false alarms an hour', withEvents({ false_alarms_per_hour: 4.0001 })],
  ])('fails for %s beyond its allowance and for nothing that keeps within it', (_case, name, now) => {
    expect(regressions(now)).toEqual([name]);
  });

  it('passes what got better, and what costs more', () => {
    const better = withEvents({ recall: 1, precision: 1, delay_s: { median: 0, p95: 0 } });
    expect(regressions({ ...better, cost: { cpu_ms_per_frame: 80 } })).toEqual([]);
  });

  it('fails for a figure that is no longer there, and not for one that is new', () => {
    const without = withEvents({ precision: null });
    expect(regressions(without)).toEqual(['event precision']);
    expect(regressions(report, without)).toEqual([]);
  });
});

describe('a baseline file', () => {
  function fileWith(text: string): string {
    const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'nunchi-baseline-')), 'baseline.json');
    writeFileSync(file, text);
    return file;
  }

  it('is a report as it was printed', () => {
    expect(readBaseline(fileWith(JSON.stringify(report)), 'set')).toEqual(report);
  });

  it.each([
    ['is missing', '/nowhere/baseline.json', /--baseline \/nowhere\/baseline\.json: .*eval --json/],
    ['is no JSON', fileWith('AUC'), /JSON.*eval --json/],
    ['is something else', fileWith('{"dataset":"set"}'), /not what eval --json prints[^]*online/],
    ['is of another data set', fileWith(JSON.stringify({ ...report, dataset: 'b' })), /of b, not of set/],
  ])('is refused when it %s', (_case, file, problem) => {
    expect(() => readBaseline(file, 'set')).toThrow(
      expect.objectContaining({
        code: 'config.invalid',
        message: expect.stringMatching(problem) as string,
      }) as Error,
    );
  });
});
