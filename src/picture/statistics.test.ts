import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VAD_FRAME } from '../frame.js';
import { fitLine, GRID, measurePicture, quantileOf } from './statistics.js';

const { width, bytes } = VAD_FRAME;
const flat = (level: number): Uint8Array => new Uint8Array(bytes).fill(level);

describe('measurePicture', () => {
  it('finds no texture and no change in a flat picture that stays', () => {
    const { mean, texture, change } = measurePicture(flat(77), flat(77));
    expect([...mean].every((value) => value === 77)).toBe(true);
    expect([...texture, ...change].every((value) => value === 0)).toBe(true);
  });

  it('attributes a pixel to its cell, its column and its row', () => {
    const lit = flat(0);
    lit[10 * width + 17] = 64;
    const { mean, texture, change, columnProfile, rowProfile } = measurePicture(lit, flat(0));
    const cell = GRID.columns + 2;
    expect(mean.indexOf(1)).toBe(cell);
    expect(change.indexOf(1)).toBe(cell);
    // One step up and one down in both directions.
    expect(texture[cell]).toBe(4);
    expect(columnProfile.findIndex((value) => value > 0)).toBe(17);
    expect(rowProfile.findIndex((value) => value > 0)).toBe(10);
  });

  it('sees a cell as bright as its pixels are on average', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: bytes, maxLength: bytes }), (pixels) => {
        const { mean } = measurePicture(pixels, pixels);
        const overall = pixels.reduce((sum, value) => sum + value, 0) / bytes;
        expect(mean.reduce((sum, value) => sum + value, 0) / GRID.cells).toBeCloseTo(overall, 3);
      }),
      { numRuns: 5 },
    );
  });
});

describe('quantileOf', () => {
  it('agrees with sorting and leaves the values as they were', () => {
    const values = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 0.999, noNaN: true }), (numbers, q) => {
        const given = Float32Array.from(numbers);
        expect(quantileOf(given, q)).toBe(given.toSorted()[Math.floor(q * given.length)]);
        expect([...given]).toEqual(numbers);
      }),
    );
  });
});

describe('fitLine', () => {
  it('finds gain and perfect correlation of a picture in another light', () => {
    const before = Float32Array.from({ length: 40 }, (_, i) => 3 * i);
    const { slope, correlation } = fitLine(
      before,
      before.map((value) => 0.5 * value + 20),
    );
    expect(slope).toBeCloseTo(0.5, 5);
    expect(correlation).toBeCloseTo(1, 5);
  });

  it('finds none where one is constant', () => {
    expect(fitLine(Float32Array.of(1, 2, 3), Float32Array.of(5, 5, 5))).toEqual({ slope: 0, correlation: 0 });
    expect(fitLine(Float32Array.of(5, 5, 5), Float32Array.of(1, 2, 3))).toEqual({ slope: 0, correlation: 0 });
  });
});
