import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Mailbox, type Overflow } from './mailbox.js';

const operations = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant('offer' as const), key: fc.nat(4) }),
    fc.record({ type: fc.constant('take' as const) }),
  ),
  { maxLength: 200 },
);

describe('Mailbox', () => {
  for (const overflow of ['dropOldest', 'dropNewest', 'latestOnly', 'wait'] as const satisfies Overflow[]) {
    it(`${overflow}: every message is taken, dropped or held, and never more than the capacity`, () => {
      fc.assert(
        fc.property(operations, fc.integer({ min: 1, max: 5 }), (steps, capacity) => {
          const droppedMessages: object[] = [];
          const mailbox = new Mailbox<{ key: number }>({
            capacity,
            overflow,
            keyOf: ({ key }) => key,
            onDrop: (message) => droppedMessages.push(message),
          });
          const seen = new Set<object>();
          let refused = 0;
          let offers = 0;
          for (const step of steps) {
            if (step.type === 'take') {
              const message = mailbox.tryTake();
              if (message !== undefined) {
                expect(seen.has(message)).toBe(false);
                seen.add(message);
              }
            } else {
              offers += 1;
              if (mailbox.offer({ key: step.key }) === 'full') refused += 1;
            }
            expect(mailbox.counts.held).toBeLessThanOrEqual(capacity);
          }
          const { offered, taken, dropped, held } = mailbox.counts;
          expect(offered).toBe(taken + dropped + held);
          expect(offered + refused).toBe(offers);
          expect(taken).toBe(seen.size);
          expect(dropped).toBe(droppedMessages.length);
          if (overflow !== 'wait') expect(refused).toBe(0);
        }),
      );
    });
  }

  it('keeps order of arrival, whatever it drops', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.nat(30), fc.boolean(), (capacity, count, oldest) => {
        const mailbox = new Mailbox<number>({ capacity, overflow: oldest ? 'dropOldest' : 'dropNewest' });
        for (let i = 0; i < count; i += 1) mailbox.offer(i);
        const taken: number[] = [];
        for (let next = mailbox.tryTake(); next !== undefined; next = mailbox.tryTake()) taken.push(next);
        const all = Array.from({ length: count }, (_, i) => i);
        expect(taken).toEqual(oldest ? all.slice(-capacity) : all.slice(0, capacity));
      }),
    );
  });

  it('latestOnly: a newer message takes the place of the older one of its key', () => {
    const mailbox = new Mailbox<[string, number]>({
      capacity: 3,
      overflow: 'latestOnly',
      keyOf: ([key]) => key,
    });
    mailbox.offer(['a', 1]);
    mailbox.offer(['b', 1]);
    expect(mailbox.offer(['a', 2])).toBe('displaced');
    expect([mailbox.tryTake(), mailbox.tryTake()]).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
  });

  it('wait: put resolves once a message was taken', async () => {
    const mailbox = new Mailbox<number>({ capacity: 1, overflow: 'wait' });
    await mailbox.put(1);
    const second = mailbox.put(2);
    expect(mailbox.counts.held).toBe(1);
    expect(await mailbox.take()).toBe(1);
    expect(await second).toBe('held');
    expect(await mailbox.take()).toBe(2);
  });

  it('close wakes takers, drops offers, and lets what is held be taken', async () => {
    const mailbox = new Mailbox<number>({ capacity: 2, overflow: 'dropNewest' });
    mailbox.offer(1);
    mailbox.close();
    expect(mailbox.offer(2)).toBe('dropped');
    expect(await mailbox.take()).toBe(1);
    expect(await mailbox.take()).toBeUndefined();
  });

  it('refuses a capacity below one', () => {
    expect(() => new Mailbox({ capacity: 0, overflow: 'wait' })).toThrow(RangeError);
  });
});
