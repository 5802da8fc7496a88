import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../../test/support/simulated-clock.js';
import { Idempotency } from './idempotency.js';

const HOUR_MS = 3_600_000;

function setUp() {
  const clock = new SimulatedClock();
  const repeats = new Idempotency<number>(clock);
  let made = 0;
  const make = () => Promise.resolve((made += 1));
  return { clock, repeats, make, count: () => made };
}

describe('a request with a key', () => {
  it('is done once, also when it comes again before that is over', async () => {
    const { repeats, make, count } = setUp();
    const results = await Promise.all([repeats.once('a', 'x', make), repeats.once('a', 'x', make)]);
    expect([...results, await repeats.once('a', 'x', make), count()]).toEqual([1, 1, 1, 1]);
    expect(await repeats.once('b', 'x', make)).toBe(2);
  });

  it('is refused when it asks for something else than before', async () => {
    const { repeats, make } = setUp();
    await repeats.once('a', 'x', make);
    expect(() => repeats.once('a', 'y', make)).toThrow(
      expect.objectContaining({ code: 'request.key_reused' }),
    );
  });

  it('may be tried again after a failure', async () => {
    const { repeats, make } = setUp();
    await expect(repeats.once('a', 'x', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await repeats.once('a', 'x', make)).toBe(1);
  });

  it('is remembered for a day', async () => {
    const { repeats, make, clock } = setUp();
    await repeats.once('a', 'x', make);
    await clock.advance(24 * HOUR_MS - 1);
    expect(await repeats.once('a', 'x', make)).toBe(1);
    await clock.advance(1);
    expect(await repeats.once('a', 'x', make)).toBe(2);
  });

  it('is forgotten when a thousand others came after it', async () => {
    const { repeats, make } = setUp();
    for (let key = 0; key <= 1_000; key += 1) await repeats.once(String(key), 'x', make);
    expect(await repeats.once('1', 'x', make)).toBe(2);
    expect(await repeats.once('0', 'x', make)).toBe(1_002);
  });
});
