import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VAD_FRAME } from '../../frame.js';
import { CameraWindow } from './camera-window.js';

/** A window that was given frames of these times, in milliseconds, each filled with its place in line. */
function windowOf(timesMs: readonly number[]): CameraWindow {
  const window = new CameraWindow();
  timesMs.forEach((ms, value) => {
    const pixels = new Uint8Array(VAD_FRAME.bytes).fill(value).buffer;
    window.push({ pixels, ptsUs: ms * 1_000, aspect: 0.5625 });
  });
  return window;
}

/** Which frames the pair is made of, and the time between them in milliseconds. */
function pairOf(timesMs: readonly number[]): [number | undefined, number | undefined, number] | null {
  const { pair } = windowOf(timesMs);
  return pair && [pair.earlier[0], pair.later[0], pair.stepUs / 1_000];
}

describe('the pair of frames whose motion is measured', () => {
  it.each([
    ['5 FPS', [0, 200, 400], [1, 2, 200]],
    ['10 FPS', [0, 100, 200, 300], [1, 3, 200]],
    ['2 FPS', [0, 500], [0, 1, 500]],
    ['5 FPS with a frame left out', [0, 200, 600], [1, 2, 400]],
    ['frames too close to each other', [0, 79], null],
    ['1 FPS, too slow', [0, 1_000, 2_000], null],
    ['the first frame', [0], null],
    ['the first frame after a gap', [0, 200, 2_000], null],
    ['the first frame after a step back', [1_000, 1_200, 100], null],
  ])('%s', (_case, timesMs, expected) => {
    expect(pairOf(timesMs)).toEqual(expected);
  });

  it('has the newest frame, and of those 80 to 500 ms before it the one nearest to 200 ms', () => {
    const steps = fc.array(fc.integer({ min: 10, max: 900 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(steps, (stepsMs) => {
        let ms = 0;
        const timesMs = [0, ...stepsMs.map((step) => (ms += step))];
        const accepted = timesMs
          .slice(-5)
          .map((time) => ms - time)
          .filter((step) => step >= 80 && step <= 500);
        const pair = pairOf(timesMs);
        expect(pair === null).toBe(accepted.length === 0);
        if (pair === null) return;
        const [earlier = NaN, later = NaN, stepMs] = pair;
        expect(later).toBe(timesMs.length - 1);
        expect(ms - (timesMs[earlier] ?? NaN)).toBe(stepMs);
        const off = Math.abs(stepMs - 200);
        expect(accepted.every((step) => Math.abs(step - 200) >= off)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the clip that MNAD predicts the end of', () => {
  const clipOf = (timesMs: readonly number[]): number[] | null => {
    const { clip } = windowOf(timesMs);
    return clip && timesMs.slice(-5).map((_ms, i) => clip.frames[i * VAD_FRAME.bytes] ?? NaN);
  };

  it.each([
    ['while it fills', [0, 200, 400, 600], null],
    ['once five frames are there', [0, 200, 400, 600, 800], [0, 1, 2, 3, 4]],
    ['with the newest five', [0, 200, 400, 600, 800, 1_000], [1, 2, 3, 4, 5]],
    ['at 1 FPS', [0, 1_000, 2_000, 3_000, 4_000], [0, 1, 2, 3, 4]],
    ['at 10 FPS', [0, 100, 200, 300, 400], [0, 1, 2, 3, 4]],
    ['at 5 of 12 FPS, whose frames lie 167 and 250 ms apart', [0, 250, 417, 667, 833], [0, 1, 2, 3, 4]],
    ['with a frame left out', [0, 200, 400, 800, 1_000], null],
    ['while it fills after a gap', [0, 200, 400, 600, 2_000, 2_200, 2_400, 2_600], null],
    ['once it is full after a gap', [0, 2_000, 2_200, 2_400, 2_600, 2_800], [1, 2, 3, 4, 5]],
    ['while it fills after a step back', [0, 200, 400, 600, 0, 200], null],
  ])('%s', (_case, timesMs, expected) => {
    expect(clipOf(timesMs)).toEqual(expected);
  });
});
