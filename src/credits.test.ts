import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Credits } from './credits.js';

describe('Credits', () => {
  it('never has more in flight than there are, and counts what it refused', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5 }),
        fc.array(fc.boolean(), { maxLength: 100 }),
        (total, steps) => {
          const credits = new Credits(Array.from({ length: total }, (_, i) => i));
          const inFlight: number[] = [];
          let refused = 0;
          for (const take of steps) {
            if (take) {
              const credit = credits.take();
              if (credit === undefined) refused += 1;
              else inFlight.push(credit);
            } else {
              const back = inFlight.shift();
              if (back !== undefined) credits.give(back);
            }
            expect(credits.available + inFlight.length).toBe(total);
            expect(new Set(inFlight).size).toBe(inFlight.length);
          }
          expect(credits.refused).toBe(refused);
        },
      ),
    );
  });
});
