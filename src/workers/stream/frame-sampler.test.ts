import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameSampler } from './frame-sampler.js';

/** How many of the frames are taken; times in microseconds. */
function taken(fps: number, times: readonly number[]): number {
  const sampler = new FrameSampler(fps);
  return times.filter((ptsUs) => sampler.take(ptsUs)).length;
}

function timesAt(fps: number, seconds: number): number[] {
  return Array.from({ length: Math.round(fps * seconds) }, (_, index) => Math.round((index * 1e6) / fps));
}

describe('FrameSampler', () => {
  it.each([6, 10, 15, 24, 25, 29.97, 59.94])('takes 5.00 FPS on average out of %d', (sourceFps) => {
    const seconds = 1000;
    expect(taken(5, timesAt(sourceFps, seconds)) / seconds).toBeCloseTo(5, 2);
  });

  it.each([0.5, 1, 4.9, 5])('takes every frame of a source of %d FPS', (sourceFps) => {
    const times = timesAt(sourceFps, 200);
    expect(taken(5, times)).toBe(times.length);
  });

  it('takes every frame of a source at the same rate whose timestamps jitter', () => {
    const jitter = fc.array(fc.integer({ min: -10_000, max: 10_000 }), { minLength: 50, maxLength: 50 });
    fc.assert(
      fc.property(jitter, (offsets) => {
        const times = offsets.map((offset, index) => 1_000_000 + index * 200_000 + offset);
        expect(taken(5, times)).toBe(times.length);
      }),
    );
  });

  it('loses one frame, not every other, to a first frame that came late', () => {
    const times = timesAt(5, 10).map((ptsUs, index) => (index === 0 ? 50_000 : ptsUs));
    expect(taken(5, times)).toBe(times.length - 1);
  });

  it('does not make up for a gap', () => {
    const sampler = new FrameSampler(5);
    expect(sampler.take(0)).toBe(true);
    const after = timesAt(25, 10).map((ptsUs) => ptsUs + 60_000_000);
    expect(after.filter((ptsUs) => sampler.take(ptsUs)).length).toBeLessThanOrEqual(51);
  });
});
