import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Growth } from './growth.js';

describe('Growth', () => {
  it('is what came since the last look, and all of it at the first', () => {
    const growth = new Growth();
    expect([5, 5, 12].map((count) => growth.of('a', count))).toEqual([5, 0, 7]);
  });

  it('takes a counter that fell for one that was started over', () => {
    const growth = new Growth();
    expect([100, 3, 10].map((count) => growth.of('a', count))).toEqual([100, 3, 7]);
  });

  it('keeps counters apart', () => {
    const growth = new Growth();
    expect([growth.of('a', 10), growth.of('b', 4), growth.of('a', 11)]).toEqual([10, 4, 1]);
  });

  it('adds up to all that the sessions of a counter counted, when each begins below the end of the one before', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(1000), { minLength: 1 }), { minLength: 1 }), (sessions) => {
        const growth = new Growth();
        let total = 0;
        let expected = 0;
        for (const steps of sessions) {
          let count = 0;
          for (const step of [0, ...steps]) {
            count += step;
            total += growth.of('a', count);
          }
          expected += count;
        }
        expect(total).toBe(expected);
      }),
    );
  });
});
