import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cropTiles,
  montage,
  MONTAGE_SIDE,
  montageOffsetsS,
  regionAround,
  wholeTile,
  type Box,
  type RgbPicture,
} from './montage.js';

const WIDE = 16 / 9;

/** A picture whose pixel at (x, y) is what `paint` says. */
function picture(
  width: number,
  height: number,
  paint: (x: number, y: number) => [number, number, number],
): RgbPicture {
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) pixels.set(paint(x, y), (y * width + x) * 3);
  }
  return { width, height, pixels };
}

const plain = (level: number): RgbPicture => picture(48, 27, () => [level, 255 - level, 7]);

function pixelAt({ width, pixels }: RgbPicture, x: number, y: number): number[] {
  return [...pixels.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
}

const boxes = fc
  .tuple(...Array.from({ length: 4 }, () => fc.double({ min: 0, max: 1, noNaN: true })))
  .map(([a = 0, b = 0, c = 0, d = 0]): Box => [a * (1 - c), b * (1 - d), c, d]);

describe('the region around a box', () => {
  it('is a square in pixels, twice the longer side of the box, about its centre', () => {
    const [x, y, width, height] = regionAround([0.4, 0.4, 0.1, 0.25], WIDE);
    expect(width * WIDE).toBeCloseTo(height, 9);
    expect(height).toBeCloseTo(0.5, 9);
    expect(x + width / 2).toBeCloseTo(0.45, 9);
    expect(y + height / 2).toBeCloseTo(0.525, 9);
  });

  it('is not smaller than a good quarter of the picture, however small the box', () => {
    const [, , width, height] = regionAround([0.5, 0.5, 0.01, 0.01], WIDE);
    expect([width * WIDE, height]).toEqual([expect.closeTo(0.3, 9), expect.closeTo(0.3, 9)]);
  });

  it('is the whole picture without a box', () => {
    expect(regionAround(null, WIDE)).toEqual([0, 0, 1, 1]);
  });

  it('lies in the picture and holds the box, for any box and shape of picture', () => {
    fc.assert(
      fc.property(boxes, fc.double({ min: 0.4, max: 3, noNaN: true }), (box, aspect) => {
        const [x, y, width, height] = regionAround(box, aspect);
        const slack = 1e-9;
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
        expect(Math.max(x + width, y + height)).toBeLessThanOrEqual(1 + slack);
        expect(x).toBeLessThanOrEqual(box[0] + slack);
        expect(y).toBeLessThanOrEqual(box[1] + slack);
        expect(x + width).toBeGreaterThanOrEqual(box[0] + box[2] - slack);
        expect(y + height).toBeGreaterThanOrEqual(box[1] + box[3] - slack);
      }),
    );
  });
});

describe('a montage', () => {
  it('shows the whole picture at the top left, and the others in order down the right and along the bottom', () => {
    const crops = montageOffsetsS.map((_, index) => plain(10 * (index + 1)));
    const made = montage({ whole: plain(200), crops }, [0.2, 0.2, 0.3, 0.5]);
    expect([made.width, made.height, made.pixels.length]).toEqual([
      MONTAGE_SIDE,
      MONTAGE_SIDE,
      192 * 192 * 3,
    ]);
    const corners = [wholeTile, ...cropTiles].map(({ x, y, side }) => [
      pixelAt(made, x, y),
      pixelAt(made, x + side - 1, y + side - 1),
    ]);
    const levels = [200, 10, 20, 30, 40, 50].map((level) => [level, 255 - level, 7]);
    expect(corners).toEqual(levels.map((level) => [level, level]));
  });

  it('cuts the region out of the crops only', () => {
    const halves = picture(128, 128, (x) => (x < 64 ? [250, 0, 0] : [0, 0, 250]));
    const made = montage({ whole: halves, crops: montageOffsetsS.map(() => halves) }, [0.5, 0.25, 0.5, 0.5]);
    expect(pixelAt(made, 0, 64)).toEqual([250, 0, 0]);
    expect(cropTiles.map(({ x, y }) => pixelAt(made, x, y))).toEqual(cropTiles.map(() => [0, 0, 250]));
  });

  it('averages what a pixel covers', () => {
    const stripes = picture(512, 512, (x) => (x % 2 === 0 ? [100, 0, 0] : [200, 0, 80]));
    const made = montage({ whole: stripes, crops: montageOffsetsS.map(() => stripes) }, [0, 0, 1, 1]);
    expect(pixelAt(made, 77, 31)).toEqual([150, 0, 40]);
    expect(pixelAt(made, 191, 191)).toEqual([150, 0, 40]);
  });

  it('keeps within the levels of its pictures, for any region', () => {
    const flat = plain(90);
    fc.assert(
      fc.property(boxes, (box) => {
        const made = montage(
          { whole: flat, crops: montageOffsetsS.map(() => flat) },
          regionAround(box, WIDE),
        );
        expect(new Set(made.pixels)).toEqual(new Set([90, 165, 7]));
      }),
      { numRuns: 30 },
    );
  });

  it('refuses another number of pictures than it has tiles', () => {
    expect(() => montage({ whole: plain(1), crops: [plain(1)] }, [0, 0, 1, 1])).toThrow(
      '1 pictures for 5 tiles',
    );
  });
});
