import { describe, expect, it } from 'vitest';
import { calibration } from '../../test/support/calibration.js';
import type { CalibrationReason } from '../calibration-state.js';
import {
  addVersion,
  describeVersion,
  MOST_VERSIONS,
  restoreCalibrations,
  type CalibrationVersion,
} from './saved-calibrations.js';

const versionsOf = (...reasons: CalibrationReason[]): CalibrationVersion[] =>
  reasons.reduce<CalibrationVersion[]>(
    (versions, reason, i) => addVersion(versions, { reason, fittedAt: i, calibration: calibration() }),
    [],
  );

const shown = (versions: readonly CalibrationVersion[]): string[] =>
  versions.map(({ version, reason }) => `${version} ${reason}`);

describe('the versions of a camera', () => {
  it('count up; what goes on by itself stays one version', () => {
    const versions = versionsOf('start', 'start', 'on request', 'drift', 'drift', 'feedback', 'reverted');
    expect(shown(versions)).toEqual(['2 start', '3 on request', '5 drift', '6 feedback', '7 reverted']);
  });

  it('are the newest few, each that people asked for one of its own', () => {
    const versions = versionsOf(...Array.from({ length: 8 }, () => 'on request' as const));
    expect(versions.map(({ version }) => version)).toEqual([4, 5, 6, 7, 8]);
    expect(versions).toHaveLength(MOST_VERSIONS);
  });

  it('come back from the store as they were', () => {
    const saved = { basis: 'mnad', versions: versionsOf('start', 'on request') };
    expect(restoreCalibrations(JSON.parse(JSON.stringify(saved)))).toEqual(saved);
  });

  it.each([
    ['nothing of the kind', 'rubbish'],
    [
      'a fit to other features',
      {
        basis: 'mulde',
        versions: [{ ...versionsOf('start')[0], calibration: calibration({ model: 'mulde' }) }],
      },
    ],
    ['a number lost', { basis: 'mnad', versions: [{ ...versionsOf('start')[0], fittedAt: null }] }],
    [
      'a figure lost',
      { basis: 'mnad', versions: [{ ...versionsOf('start')[0], calibration: calibration({ median: NaN }) }] },
    ],
  ])('are refused when damaged: %s', (_what, saved) => {
    expect(() => restoreCalibrations(saved)).toThrow(
      expect.objectContaining({ code: 'calibration.damaged' }),
    );
  });
});

describe('what people are told of a version', () => {
  const { level } = calibration().threshold;
  const told = (seconds: number, high: number) =>
    describeVersion(
      {
        version: 1,
        fittedAt: 0,
        reason: 'start',
        calibration: calibration({ seconds, threshold: { level, low: level - 0.1, high: level + high } }),
      },
      1,
    );

  it('bounds the alarms a day around the budget, the wider the wider the threshold is bounded', () => {
    const { alarms_per_day: sure } = told(600, 0.1);
    const { alarms_per_day: unsure } = told(600, 0.5);
    expect(sure.level).toBe(1);
    expect(sure.low).toBeLessThan(1);
    expect(sure.high).toBeGreaterThan(1);
    expect(unsure.high).toBeGreaterThan(sure.high);
  });

  it.each([
    [20, 0.1, 'provisional'],
    [180, 0.1, 'fair'],
    [600, 0.1, 'good'],
    [600, 0.5, 'fair'],
  ])('after %d s, with a threshold that may lie %d higher, it is %s', (seconds, high, certainty) => {
    expect(told(seconds, high).certainty).toBe(certainty);
  });
});
