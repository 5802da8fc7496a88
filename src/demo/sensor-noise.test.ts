import { describe, expect, it } from 'vitest';
import { SensorNoise } from './sensor-noise.js';

const PIXELS = 50 * 40;

/** A picture of one gray level, with the noise added. */
function noisy(noise: SensorNoise, level: number): Buffer {
  const rgba = Buffer.alloc(PIXELS * 4, level);
  noise.addTo(rgba);
  return rgba;
}

const reds = (rgba: Buffer): number[] => Array.from({ length: PIXELS }, (_, pixel) => rgba[pixel * 4] ?? NaN);

describe('sensor noise', () => {
  it('leaves the mean alone and spreads the gray levels by its sigma', () => {
    const levels = reds(noisy(new SensorNoise(3, 1), 128));
    const mean = levels.reduce((sum, level) => sum + level, 0) / PIXELS;
    const variance = levels.reduce((sum, level) => sum + (level - mean) ** 2, 0) / PIXELS;
    expect(mean).toBeCloseTo(128, 0);
    expect(Math.sqrt(variance)).toBeCloseTo(3, 0);
  });

  it('is the same on all channels of a pixel and leaves alpha alone', () => {
    const rgba = noisy(new SensorNoise(3, 1), 128);
    for (let offset = 0; offset < rgba.length; offset += 4) {
      expect(rgba[offset + 1]).toBe(rgba[offset]);
      expect(rgba[offset + 2]).toBe(rgba[offset]);
      expect(rgba[offset + 3]).toBe(128);
    }
  });

  it('differs from frame to frame, and repeats with its seed', () => {
    const [one, same] = [new SensorNoise(2, 7), new SensorNoise(2, 7)];
    const first = noisy(one, 100);
    expect(noisy(same, 100).equals(first)).toBe(true);
    expect(noisy(one, 100).equals(first)).toBe(false);
  });

  it('stops at black and at white', () => {
    const noise = new SensorNoise(3, 1);
    expect(Math.max(...reds(noisy(noise, 0)))).toBeLessThan(30);
    expect(Math.min(...reds(noisy(noise, 255)))).toBeGreaterThan(225);
  });
});
