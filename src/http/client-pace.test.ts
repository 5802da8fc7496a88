import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { ClientPace } from './client-pace.js';

const SECONDS = 20;

/** Frames a second that pass, of a source whose frames come up to `jitterMs` early or late. */
function rate(sourceFps: number, clientFps: number, jitters: readonly number[]): number {
  const pace = new ClientPace(clientFps);
  let taken = 0;
  for (let frame = 0; frame < SECONDS * sourceFps; frame += 1) {
    const jitter = jitters[frame % jitters.length] ?? 0;
    if (pace.take((frame * 1000) / sourceFps + jitter, sourceFps)) taken += 1;
  }
  return taken / SECONDS;
}

describe('ClientPace', () => {
  it('gives a client that asks for the rate of the source every frame, jitter or not', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -45, max: 45 }), { minLength: 1, maxLength: 50 }), (jitters) => {
        expect(rate(5, 5, jitters)).toBe(5);
      }),
    );
  });

  it.each([
    [10, 5],
    [5, 2],
    [8, 3],
    [10, 0.5],
  ])('thins %d frames a second to %d', (sourceFps, clientFps) => {
    const thinned = rate(sourceFps, clientFps, [0, 12, -9, 4]);
    expect(thinned / clientFps).toBeGreaterThanOrEqual(0.95);
    expect(thinned / clientFps).toBeLessThanOrEqual(1.05);
  });

  it('never lets more through than asked for, when the source runs fast', () => {
    const pace = new ClientPace(5);
    const taken = Array.from({ length: 400 }, (_, frame) => pace.take(frame * 50, 5)).filter(Boolean);
    expect(taken.length / 20).toBeLessThanOrEqual(5.25);
  });

  it('does not make up for a long pause with a burst', () => {
    const pace = new ClientPace(1);
    expect(pace.take(0, 10)).toBe(true);
    expect(pace.take(60_000, 10)).toBe(true);
    expect(pace.take(60_100, 10)).toBe(false);
  });
});
