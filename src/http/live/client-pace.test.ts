import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClientPace } from './client-pace.js';

const fps = fc.double({ min: 0.2, max: 10, noNaN: true });

describe('ClientPace', () => {
  it('gives a client that asks for the rate of the camera, or more, every frame', () => {
    fc.assert(
      fc.property(fps, fps, (a, b) => {
        const pace = new ClientPace(Math.max(a, b));
        for (let frame = 0; frame < 100; frame += 1) expect(pace.take(Math.min(a, b))).toBe(true);
      }),
    );
  });

  it('thins to the share asked for, evenly, and begins with the first frame', () => {
    fc.assert(
      fc.property(fps, fps, (a, b) => {
        const share = Math.min(a, b) / Math.max(a, b);
        const pace = new ClientPace(Math.min(a, b));
        let taken = 0;
        for (let frame = 0; frame < 500; frame += 1) {
          if (pace.take(Math.max(a, b))) taken += 1;
          if (frame === 0) expect(taken).toBe(1);
          expect(Math.abs(taken - frame * share)).toBeLessThanOrEqual(1.001);
        }
      }),
    );
  });
});
