import { describe, expect, it } from 'vitest';
import { defocused, passedByBus, relit, shifted, withNoise } from '../demo/disturbances.js';
import { seededRandom } from '../random.js';
import { VAD_FRAME } from '../frame.js';
import { globalShift } from './shift.js';
import { measurePicture } from './statistics.js';

const random = seededRandom(3);
const noise = Uint8Array.from({ length: VAD_FRAME.bytes }, () => 255 * random());
const scene = defocused(noise, VAD_FRAME, 2);

function shiftBetween(before: Uint8Array, now: Uint8Array): number {
  return globalShift(now, measurePicture(now, before), before, measurePicture(before, before));
}

describe('globalShift', () => {
  it.each([
    [1, 0],
    [0, -2],
    [3, 4],
    [-8, 1],
  ])('measures a picture moved by %i and %i px, in noise too', (dx, dy) => {
    const moved = withNoise(shifted(scene, VAD_FRAME, dx, dy), 2, random);
    expect(shiftBetween(scene, moved)).toBeCloseTo(Math.hypot(dx, dy), 5);
  });

  it('is zero for a picture that stays, in another light too', () => {
    expect(shiftBetween(scene, withNoise(scene, 3, random))).toBe(0);
    expect(shiftBetween(scene, relit(scene, 1.4, -20))).toBe(0);
  });

  it('is zero when a bus moves over a third of the picture', () => {
    const at = (left: number): Uint8Array => passedByBus(scene, VAD_FRAME, left, 70);
    for (let left = -20; left < 180; left += 10) expect(shiftBetween(at(left), at(left + 5))).toBe(0);
  });

  it('is zero where there is no edge to tell it by', () => {
    const wall = new Uint8Array(VAD_FRAME.bytes).fill(120);
    expect(shiftBetween(withNoise(wall, 1, random), withNoise(wall, 1, random))).toBe(0);
  });
});
