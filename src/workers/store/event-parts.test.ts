import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newestFirst } from './event-parts.js';

const whole = { after: undefined, before: undefined };

describe('newestFirst', () => {
  it('begins with the newest, each part longer than the one before it', () => {
    const parts = newestFirst({ first: 0, last: 1_000 }, { after: 100, before: 420 });
    const lengths = parts.map(({ after = NaN, before = NaN }) => before - after);
    expect(lengths.length).toBeGreaterThan(1);
    expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
    expect(lengths[0]).toBeGreaterThan(0);
    expect(parts.at(-1)?.after).toBe(100);
  });

  it('is one part without events, or without time between them', () => {
    expect(newestFirst({ first: NaN, last: NaN }, whole)).toEqual([whole]);
    expect(newestFirst({ first: 5, last: 5 }, whole)).toEqual([whole]);
    expect(newestFirst({ first: 0, last: 9 }, { after: 20, before: 30 })).toEqual([
      { after: 20, before: 30 },
    ]);
  });

  it('joins without a gap, from the end to the beginning of what is asked for', () => {
    const time = fc.integer({ min: 0, max: 2_000_000_000 });
    const bound = fc.option(time, { nil: undefined });
    fc.assert(
      fc.property(time, time, bound, bound, (a, b, after, before) => {
        const parts = newestFirst({ first: Math.min(a, b), last: Math.max(a, b) }, { after, before });
        expect(parts.at(0)?.before).toBe(before);
        expect(parts.at(-1)?.after).toBe(after);
        for (const [place, part] of parts.slice(1).entries()) expect(part.before).toBe(parts[place]?.after);
      }),
    );
  });
});
