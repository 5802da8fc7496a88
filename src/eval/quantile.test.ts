import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantile } from './quantile.js';

const values = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 30 });

describe('a quantile', () => {
  it.each([
    [[3], 0.95, 3],
    [[1, 3], 0.5, 2],
    [[5, 1, 3], 0.5, 3],
    [[0, 10, 20, 30, 40], 0.95, 38],
  ])('of %j at %d is %d', (of, q, expected) => {
    expect(quantile(of, q)).toBeCloseTo(expected, 12);
  });

  it('lies between the extremes and rises with q', () => {
    const shares = fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(values, shares, (of, [a, b]) => {
        const low = quantile(of, Math.min(a, b)) ?? NaN;
        const high = quantile(of, Math.max(a, b)) ?? NaN;
        expect(low).toBeGreaterThanOrEqual(Math.min(...of));
        expect(high).toBeLessThanOrEqual(Math.max(...of));
        expect(high).toBeGreaterThanOrEqual(low - 1e-9);
      }),
    );
  });

  it('is nothing without values', () => {
    expect(quantile([], 0.5)).toBeNull();
  });
});
