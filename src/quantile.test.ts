import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantileOf } from './quantile.js';

const values = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 30 });

describe('a quantile', () => {
  it.each([
    [[3], 0.95, 3],
    [[1, 3], 0.5, 2],
    [[5, 1, 3], 0.5, 3],
    [[0, 10, 20, 30, 40], 0.95, 38],
  ])('of %j at %d is %d', (of, q, expected) => {
    expect(quantileOf(of, q)).toBeCloseTo(expected, 12);
  });

  it('lies between the extremes and rises with q', () => {
    const shares = fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(values, shares, (of, [a, b]) => {
        const low = quantileOf(of, Math.min(a, b));
        const high = quantileOf(of, Math.max(a, b));
        expect(low).toBeGreaterThanOrEqual(Math.min(...of));
        expect(high).toBeLessThanOrEqual(Math.max(...of));
        expect(high).toBeGreaterThanOrEqual(low - 1e-9);
      }),
    );
  });

  it('is not a number without values', () => {
    expect(quantileOf([], 0.5)).toBeNaN();
  });
});
