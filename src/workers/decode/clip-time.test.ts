import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClipTime, type ClipTimes } from './clip-time.js';

const FRAME_US = 40_000;

function place(shownUs: readonly number[], reorder: number): (ClipTimes | null)[] {
  const time = new ClipTime(reorder, FRAME_US);
  return shownUs.map((us) => time.place(us));
}

describe('the times of a clip', () => {
  it('start at 0 and keep the order and distance of the pictures', () => {
    const decoded = [0, 3, 1, 2, 6, 4, 5].map((frame) => 7_000_000 + frame * FRAME_US);
    const placed = place(decoded, 1);
    expect(placed.map((times) => times?.pts)).toEqual([0, 10_800, 3_600, 7_200, 21_600, 14_400, 18_000]);
    expect(placed.map((times) => times?.dts)).toEqual([-3_600, 0, 3_600, 7_200, 10_800, 14_400, 18_000]);
  });

  it('leave out what is shown before the first picture', () => {
    expect(place([100_000, 60_000, 140_000], 0)).toEqual([
      { dts: 0, pts: 0 },
      null,
      { dts: 3_600, pts: 3_600 },
    ]);
  });

  it('always rise, and no picture is decoded after it is shown, whatever the stream says', () => {
    const times = fc.array(fc.integer({ min: 0, max: 2_000_000 }), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(times, fc.integer({ min: 0, max: 4 }), (shownUs, reorder) => {
        const placed = place(shownUs, reorder).filter((found) => found !== null);
        expect(placed[0]?.pts).toBe(0);
        placed.forEach(({ dts, pts }, index) => {
          expect(pts).toBeGreaterThanOrEqual(dts);
          if (index > 0) expect(dts).toBeGreaterThan(placed[index - 1]?.dts ?? NaN);
        });
      }),
    );
  });
});
