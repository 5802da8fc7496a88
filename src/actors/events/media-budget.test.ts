import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planMedia, type EventMedia } from './media-budget.js';

const none = new Set<string>();

function media(eventId: string, time: number, bytes: number): EventMedia {
  return { eventId, files: [`/${eventId}`], time, bytes };
}

describe('a media budget', () => {
  it('takes the oldest first, and says why', () => {
    const stored = [media('b', 20, 60), media('a', 10, 60), media('d', 40, 60), media('c', 30, 60)];
    const plan = planMedia(stored, { maxBytes: 130, beforeTime: 15 }, none);
    expect(plan.remove.map(({ media: { eventId }, why }) => [eventId, why])).toEqual([
      ['a', 'age'],
      ['b', 'space'],
    ]);
    expect(plan).toMatchObject({ bytes: 120, keptBytes: 0 });
  });

  it('never takes what is kept, however old, and gives it its room first', () => {
    const stored = [media('a', 10, 100), media('b', 20, 60), media('c', 30, 60)];
    const plan = planMedia(stored, { maxBytes: 170, beforeTime: 15 }, new Set(['a']));
    expect(plan.remove.map(({ media: { eventId } }) => eventId)).toEqual(['b']);
    expect(plan).toMatchObject({ bytes: 160, keptBytes: 100 });
  });

  it('stays within its bytes unless what is kept alone is more, whatever is stored', () => {
    const one = fc.record({ time: fc.nat(100), bytes: fc.nat(100), isKept: fc.boolean() });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 40 }), fc.nat(1_000), (drawn, maxBytes) => {
        const stored = drawn.map(({ time, bytes }, index) => media(`e${index}`, time, bytes));
        const kept = new Set(stored.filter((_, index) => drawn[index]?.isKept).map(({ eventId }) => eventId));
        const plan = planMedia(stored, { maxBytes, beforeTime: 50 }, kept);
        const gone = new Set(plan.remove.map(({ media: { eventId } }) => eventId));
        const left = stored.filter(({ eventId }) => !gone.has(eventId));
        expect(plan.bytes).toBe(left.reduce((sum, { bytes }) => sum + bytes, 0));
        expect(plan.bytes).toBeLessThanOrEqual(Math.max(maxBytes, plan.keptBytes));
        for (const { eventId, time } of stored) {
          if (kept.has(eventId)) expect(gone).not.toContain(eventId);
          else if (time < 50) expect(gone).toContain(eventId);
        }
      }),
    );
  });
});
