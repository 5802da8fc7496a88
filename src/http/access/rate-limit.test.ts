import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SimulatedClock } from '../../../test/support/simulated-clock.js';
import { addressKey, RateLimit } from './rate-limit.js';

it('lets no key pass more than the burst and what has come back since, and always that much', async () => {
  const step = fc.record({ key: fc.constantFrom('a', 'b'), waitMs: fc.nat({ max: 400 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 100 }), async (steps) => {
      const clock = new SimulatedClock();
      const limit = new RateLimit({ perS: 5, burst: 3, clock });
      const left = new Map<string, number>([
        ['a', 3],
        ['b', 3],
      ]);
      for (const { key, waitMs } of steps) {
        await clock.advance(waitMs);
        for (const [other, tokens] of left) left.set(other, Math.min(3, tokens + (waitMs / 1000) * 5));
        const tokens = left.get(key) ?? 0;
        // Where rounding could decide, either answer is right.
        if (Math.abs(tokens - 1) < 1e-6) return;
        expect(limit.take(key) === 0).toBe(tokens > 1);
        if (tokens > 1) left.set(key, tokens - 1);
      }
    }),
    { numRuns: 100 },
  );
});

it('says in how many seconds the next may pass', () => {
  const limit = new RateLimit({ perS: 1 / 6, burst: 1, clock: new SimulatedClock() });
  expect(limit.take('a')).toBe(0);
  expect(limit.take('a')).toBe(6);
});

it('forgets the key that is unused for longest when there are too many, and counts that', () => {
  const limit = new RateLimit({ perS: 1, burst: 1, clock: new SimulatedClock() });
  limit.take('first');
  limit.take('second');
  limit.take('first');
  for (let key = 0; key < 9_999; key += 1) limit.take(String(key));
  expect(limit.forgotten).toBe(1);
  expect(limit.take('first')).toBe(1);
  expect(limit.take('second')).toBe(0);
});

it('takes one network for one address', () => {
  expect(addressKey('::ffff:10.0.0.1')).toBe(addressKey('10.0.0.1'));
  expect(addressKey('2001:db8::1')).toBe(addressKey('2001:db8::ffff'));
  expect(addressKey('2001:db8:0:1::1')).not.toBe(addressKey('2001:db8::1'));
  expect(addressKey('')).toBe('');
});
