import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultNormaliserOptions, Normaliser } from './normaliser.js';
import { FadingQuantiles } from './quantiles.js';

const { warmupSamples } = defaultNormaliserOptions;
const peak = fc.double({ min: 1e-6, max: 1, noNaN: true });

function warm(level = 1e-3): Normaliser {
  const normaliser = new Normaliser();
  for (let i = 0; i < warmupSamples; i += 1) normaliser.score(level * (1 + (i % 5) / 10));
  return normaliser;
}

describe('Normaliser', () => {
  it('says nothing during warm-up', () => {
    const normaliser = new Normaliser();
    for (let i = 0; i < warmupSamples; i += 1) expect(normaliser.score(1)).toBeNull();
    expect(normaliser.score(1)).not.toBeNull();
  });

  it('scores are in [0, 1] and rise with the peak', () => {
    fc.assert(
      fc.property(peak, peak, (a, b) => {
        const [low, high] = [warm().score(Math.min(a, b)), warm().score(Math.max(a, b))];
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(high ?? NaN);
      }),
    );
  });

  it('compares a camera with itself: what is usual for one is unusual for another', () => {
    expect(warm(0.04).score(0.05)).toBeLessThan(0.2);
    expect(warm(0.001).score(0.05)).toBeGreaterThan(0.9);
  });

  it.each([NaN, Infinity, -1, 0])('gives no score for a peak of %s and does not learn it', (bad) => {
    const normaliser = warm();
    const before = normaliser.score(1.2e-3);
    for (let i = 0; i < 1_000; i += 1) expect(normaliser.score(bad)).toBeNull();
    expect(normaliser.score(1.2e-3)).toBeCloseTo(before ?? NaN, 2);
  });

  it('gets used to what stays, but slowly', () => {
    const normaliser = warm();
    const first = normaliser.score(0.02) ?? NaN;
    for (let i = 0; i < 25; i += 1) normaliser.score(0.02);
    expect(normaliser.score(0.02)).toBeGreaterThan(0.5);
    for (let i = 0; i < 20_000; i += 1) normaliser.score(0.02);
    expect(normaliser.score(0.02)).toBeLessThan(Math.min(0.2, first));
  });
});

describe('FadingQuantiles', () => {
  it('agree with sorting while nothing has faded', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 20, maxLength: 200 }),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        (values, q) => {
          const quantiles = new FadingQuantiles(1e9);
          for (const value of values) quantiles.add(value);
          const sorted = [...values].sort((a, b) => a - b);
          const at = q * sorted.length;
          const low = sorted[Math.max(0, Math.floor(at) - 1)] ?? NaN;
          const high = sorted[Math.min(sorted.length - 1, Math.ceil(at))] ?? NaN;
          expect(quantiles.quantile(q)).toBeGreaterThanOrEqual(low - 0.003);
          expect(quantiles.quantile(q)).toBeLessThanOrEqual(high + 0.003);
        },
      ),
    );
  });

  it('forget the old, and never overflow', () => {
    const quantiles = new FadingQuantiles(100);
    for (let i = 0; i < 500_000; i += 1) quantiles.add(0.2);
    for (let i = 0; i < 1_000; i += 1) quantiles.add(0.8);
    expect(quantiles.quantile(0.5)).toBeCloseTo(0.8, 2);
  });
});
