import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FadingQuantiles } from './fading-quantiles.js';

/** What a bin of 512 can tell apart. */
const BIN = 1 / 512;
const NEVER = 1e9;

function of(values: readonly number[], halfLife = NEVER): FadingQuantiles {
  const quantiles = new FadingQuantiles(halfLife);
  for (const value of values) quantiles.add(value);
  return quantiles;
}

describe('quantiles of a stream', () => {
  it('are none of nothing', () => {
    expect(of([]).quantile(0.5)).toBeNaN();
  });

  it('agree with sorting, to a bin, while nothing has faded', () => {
    const values = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(values, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (given, q) => {
        const sorted = given.toSorted((a, b) => a - b);
        const exact = sorted[Math.ceil(q * sorted.length - 1e-6) - 1] ?? NaN;
        expect(Math.abs(of(given).quantile(q) - exact)).toBeLessThanOrEqual(BIN + 1e-9);
      }),
    );
  });

  it('count what lies outside of 0 to 1 at the bound', () => {
    const quantiles = of([-5, -5, 7]);
    expect(quantiles.quantile(0.3)).toBeLessThanOrEqual(BIN);
    expect(quantiles.quantile(0.9)).toBeGreaterThanOrEqual(1 - BIN);
  });

  it('let old values weigh half after the half-life, by the weight that arrived and not the count', () => {
    // A thousand low ones and then so many high ones that both weigh the same: the median lies between.
    const shareOfHigh = (weight: number, count: number): number => {
      const quantiles = of(
        Array.from({ length: 10_000 }, () => 0.1),
        1_000,
      );
      for (let i = 0; i < count; i += 1) quantiles.add(0.9, weight);
      let low = 0;
      for (let q = 0; q <= 1; q += 0.001) if (quantiles.quantile(q) < 0.5) low = q;
      return 1 - low;
    };
    expect(shareOfHigh(1, 1_000)).toBeCloseTo(0.5, 2);
    expect(shareOfHigh(0.5, 2_000)).toBeCloseTo(0.5, 2);
    expect(shareOfHigh(1, 2_000)).toBeCloseTo(0.75, 2);
  });

  it('stay finite and right over a stream that would overflow any growing weight', () => {
    const quantiles = of(
      Array.from({ length: 40_000 }, (_, i) => (i % 4) / 4 + 0.1),
      20,
    );
    expect(quantiles.quantile(0.5)).toBeGreaterThan(0.3);
    expect(quantiles.quantile(0.5)).toBeLessThan(0.7);
    expect(quantiles.quantile(1)).toBeLessThanOrEqual(0.85 + BIN);
  });
});
