import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { literatureScores, scoresOfFrames } from './frame-scores.js';

const FPS = 10;
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('scores of frames', () => {
  const scores = [
    { atUs: 400_000, anomalyScore: 0.4 },
    { atUs: 600_000, anomalyScore: 0.6 },
  ];

  it('are the newest at or before each frame; before the first, the first', () => {
    const frameUs = [0, 300_000, 400_000, 500_000, 600_000, 700_000];
    expect(scoresOfFrames(scores, frameUs)).toEqual([0.4, 0.4, 0.4, 0.4, 0.6, 0.6]);
  });

  it('never know of what comes after the frame, but for the first score', () => {
    const times = fc.uniqueArray(fc.nat(10_000), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(times, fc.array(fc.nat(10_000), { minLength: 1, maxLength: 20 }), (scored, frames) => {
        const sorted = scored.toSorted((a, b) => a - b).map((atUs) => ({ atUs, anomalyScore: atUs }));
        const frameUs = frames.toSorted((a, b) => a - b);
        const first = sorted[0]?.atUs ?? 0;
        scoresOfFrames(sorted, frameUs).forEach((score, i) => {
          const us = frameUs[i] ?? 0;
          const newest = sorted.findLast(({ atUs }) => atUs <= us)?.atUs;
          expect(score).toBe(newest ?? first);
        });
      }),
    );
  });
});

describe('scores as in the literature', () => {
  it('reach from 0 to 1 in every clip, whatever their own scale', () => {
    fc.assert(
      fc.property(fc.array(share, { minLength: 2, maxLength: 80 }), (scores) => {
        const normalised = literatureScores(scores, FPS);
        expect(normalised).toHaveLength(scores.length);
        expect(Math.min(...normalised)).toBe(0);
        expect([0, 1]).toContain(Math.max(...normalised));
      }),
    );
  });

  it('are the same for a clip played backwards: the smoothing has no lag', () => {
    fc.assert(
      fc.property(fc.array(share, { minLength: 2, maxLength: 80 }), (scores) => {
        const backwards = literatureScores(scores.toReversed(), FPS).toReversed();
        const smallestStep = Math.max(...scores) - Math.min(...scores);
        fc.pre(smallestStep > 1e-3);
        literatureScores(scores, FPS).forEach((score, i) => {
          expect(score).toBeCloseTo(backwards[i] ?? NaN, 6);
        });
      }),
    );
  });

  it('spread a single peak over its neighbours, evenly to both sides', () => {
    const peak = Array.from({ length: 41 }, (_, frame) => (frame === 20 ? 1 : 0));
    const smooth = literatureScores(peak, FPS);
    expect(smooth[20]).toBe(1);
    // One sigma, 0.5 s, away.
    expect(smooth[15]).toBeCloseTo(Math.exp(-0.5), 3);
    expect(smooth[25]).toBeCloseTo(Math.exp(-0.5), 3);
  });
});
