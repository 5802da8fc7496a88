import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../../test/support/simulated-clock.js';
import { Arrivals } from './arrivals.js';
import { READ_TIMEOUT_MS } from '../decode/decoder.js';

describe('Arrivals', () => {
  it('counts the silence from the last packet', async () => {
    const clock = new SimulatedClock(1000);
    const arrivals = new Arrivals(clock);
    await clock.advance(400);
    arrivals.note(300);
    expect(arrivals.silentMs).toBe(0);
    expect(arrivals.lastWallTime).toBeCloseTo(1000.4);
    await clock.advance(250);
    expect(arrivals.silentMs).toBe(250);
  });

  it('dates a packet that a read gave out only as it timed out back to before that read', async () => {
    const clock = new SimulatedClock(1000);
    const arrivals = new Arrivals(clock);
    await clock.advance(100 + READ_TIMEOUT_MS);
    arrivals.note(100);
    expect(arrivals.silentMs).toBe(READ_TIMEOUT_MS);
    expect(arrivals.lastWallTime).toBeCloseTo(1000.1);
  });
});
