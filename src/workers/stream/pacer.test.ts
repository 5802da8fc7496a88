import { beforeEach, describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../../test/support/simulated-clock.js';
import { Pacer } from './pacer.js';

const START = 1000;

describe('Pacer', () => {
  let clock: SimulatedClock;
  let pacer: Pacer;

  beforeEach(() => {
    clock = new SimulatedClock(START);
    pacer = new Pacer(clock);
  });

  it('shows the first frame at once and the others at their distance from it', async () => {
    expect(await pacer.due(80_000)).toBe(START);
    await clock.advance(30);
    let shown = false;
    const second = pacer.due(120_000).finally(() => (shown = true));
    await clock.advance(9);
    expect(shown).toBe(false);
    await clock.advance(1);
    expect(await second).toBeCloseTo(START + 0.04);
  });

  it('catches up after a short delay, and still says when the frame was due', async () => {
    await pacer.due(0);
    await clock.advance(500);
    expect(await pacer.due(100_000)).toBeCloseTo(START + 0.1);
  });

  it('plays on from where it is after a long delay', async () => {
    await pacer.due(0);
    await clock.advance(5000);
    expect(await pacer.due(100_000)).toBeCloseTo(START + 5);
    const next = pacer.due(140_000);
    await clock.advance(40);
    expect(await next).toBeCloseTo(START + 5.04);
  });

  it('ends the wait when cancelled', async () => {
    await pacer.due(0);
    const later = pacer.due(3_600_000_000);
    pacer.cancel();
    expect(await later).toBeCloseTo(START + 3600);
  });
});
