import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ordinaryFootage } from '../../test/support/ordinary-footage.js';
import {
  energyFunction,
  fitCalibration,
  forgive,
  MOST_FORGIVEN,
  unforgive,
  withBudget,
  type Calibration,
} from './calibration.js';
import { sampleLength } from './frame-sample.js';
import { passesPerDay } from './tail.js';

/** 2 minutes: enough for a density. */
const calibration = fitCalibration(ordinaryFootage('mulde', 24), 1);
const length = sampleLength('mulde');

/** Samples far from the ordinary, whose numbers are about 0 to 1, each in its own way. */
const odd = fc
  .array(fc.float({ min: 0, max: 8, noNaN: true }), { minLength: length, maxLength: length })
  .filter((sample) => energyOf(calibration, sample) > calibration.threshold.level);

const energyOf = (by: Calibration, sample: readonly number[]): number =>
  energyFunction(by)(Float32Array.from(sample));

const sampleOf = (value: number): number[] => Array.from({ length }, () => value);

describe('a fitted calibration', () => {
  it('finds ordinary frames ordinary and odd ones odd', () => {
    const alarmed = ordinaryFootage('mulde', 12, 2).blocks.filter((block) => {
      const high = block.map((sample) => energyFunction(calibration)(sample) > calibration.threshold.level);
      return high.some((isHigh, i) => isHigh && high[i - 1] === true);
    });
    expect(alarmed.length).toBeLessThan(2);
    expect(energyOf(calibration, sampleOf(5))).toBeGreaterThan(calibration.threshold.level);
  });

  it('has the threshold that its tail passes as often as budgeted', () => {
    expect(passesPerDay(calibration.tail, calibration.threshold.level)).toBeCloseTo(1, 6);
  });

  it('moves its threshold to another budget without a fit', () => {
    const { threshold, tail } = withBudget(calibration, 24);
    expect(threshold.level).toBeLessThan(calibration.threshold.level);
    expect(passesPerDay(tail, threshold.level)).toBeCloseTo(24, 6);
    expect(withBudget(calibration, 1)).toEqual(calibration);
  });

  it('is the same for the same footage, and outlives JSON', () => {
    expect(JSON.parse(JSON.stringify(calibration))).toEqual(calibration);
    expect(fitCalibration(ordinaryFootage('mulde', 24), 1)).toEqual(calibration);
  });
});

describe('a forgiven sample', () => {
  it('no longer alarms, however odd it was', () => {
    fc.assert(
      fc.property(odd, (sample) => {
        const { median, threshold } = calibration;
        const energy = energyOf(forgive(calibration, sample), sample);
        expect(energy).toBeCloseTo((median + threshold.level) / 2, 6);
      }),
      { numRuns: 50 },
    );
  });

  it('hides nothing that is much odder, and makes nothing odder', () => {
    fc.assert(
      fc.property(odd, odd, (forgiven, other) => {
        const before = energyOf(calibration, other);
        const after = energyOf(forgive(calibration, forgiven), other);
        const harmless = (calibration.median + calibration.threshold.level) / 2;
        expect(after).toBeLessThanOrEqual(before);
        expect(after).toBeGreaterThanOrEqual(before - (energyOf(calibration, forgiven) - harmless) - 1e-9);
      }),
      { numRuns: 50 },
    );
  });

  it('leaves what is clearly different as it was', () => {
    const fast = sampleOf(0.3).with(0, 6);
    const dwelling = sampleOf(0.3).with(-1, 6);
    const before = energyOf(calibration, dwelling);
    expect(before).toBeGreaterThan(calibration.threshold.level);
    expect(energyOf(forgive(calibration, fast), dwelling)).toBeGreaterThan(before - 0.1);
  });

  it('gives way to newer ones, and counts once however often it is forgiven', () => {
    const samples = Array.from({ length: MOST_FORGIVEN + 1 }, (_, i) => sampleOf(i));
    const full = samples.reduce(forgive, calibration);
    expect(full.forgiven).toEqual(samples.slice(1));
    expect(forgive(full, sampleOf(1)).forgiven).toEqual([...samples.slice(2), sampleOf(1)]);
  });

  it('can be taken back', () => {
    expect(unforgive(forgive(calibration, sampleOf(5)), sampleOf(5))).toEqual(calibration);
    expect(unforgive(calibration, sampleOf(5))).toBe(calibration);
  });
});
