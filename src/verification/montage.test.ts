import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { montage, montageOffsetsS, regionAround, tiles, type Box, type RgbPicture } from './montage.js';

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

/** The same picture at all moments. */
const still = (picture: RgbPicture): RgbPicture[] => montageOffsetsS.map(() => picture);

describe('a montage', () => {
  it('shows in each tile its picture in colour, or its three in gray, one in each channel', () => {
    const pictures = montageOffsetsS.map((_, index) => plain(40 * (index + 1)));
    const made = montage(pictures, [0.2, 0.2, 0.3, 0.5]);
    expect([made.width, made.height, made.pixels.length]).toEqual([192, 192, 192 * 192 * 3]);
    const colours = [40, 80, 120, 160, 200].map((level) => [level, 255 - level, 7]);
    const grays = colours.map(([r = 0, g = 0, b = 0]) => Math.round(0.299 * r + 0.587 * g + 0.114 * b));
    for (const { x, y, side, pictures: shown } of tiles) {
      const wanted = shown.length === 1 ? colours[shown[0]] : shown.map((index) => grays[index]);
      expect(pixelAt(made, x, y)).toEqual(wanted);
      expect(pixelAt(made, x + side - 1, y + side - 1)).toEqual(wanted);
    }
  });

  it('fills its square with tiles that do not overlap', () => {
    const covered = tiles.flatMap(({ x, y, side }) =>
      Array.from({ length: side ** 2 }, (_, at) => (y + Math.floor(at / side)) * 192 + x + (at % side)),
    );
    expect([covered.length, new Set(covered).size]).toEqual([192 * 192, 192 * 192]);
  });

  it('cuts the region out where it shows the region only', () => {
    const halves = picture(128, 128, (x) => (x < 64 ? [250, 250, 250] : [10, 10, 10]));
    const made = montage(still(halves), [0.5, 0.25, 0.5, 0.5]);
    for (const { x, y, shows } of tiles)
      expect(pixelAt(made, x, y)).toEqual(Array(3).fill(shows === 'whole' ? 250 : 10));
  });

  it('tells by colours whereto something moves', () => {
    const at = (left: number) =>
      picture(64, 64, (x) => (x >= left && x < left + 8 ? [200, 200, 200] : [0, 0, 0]));
    const made = montage([at(0), at(0), at(16), at(24), at(32)], [0, 0, 1, 1]);
    // In the tile of 128 pixels: where it was, where it was next, and where it is.
    expect([40, 56, 72].map((x) => pixelAt(made, x, 64))).toEqual([
      [200, 0, 0],
      [0, 200, 0],
      [0, 0, 200],
    ]);
  });

  it('takes pictures of other sizes together', () => {
    const pictures = [96, 96, 48, 32, 24].map((width) => picture(width, 27, () => [50, 50, 50]));
    expect(new Set(montage(pictures, [0, 0, 1, 1]).pixels)).toEqual(new Set([50]));
  });

  it('averages what a pixel covers', () => {
    const stripes = picture(512, 512, (x) => (x % 2 === 0 ? [100, 0, 0] : [200, 0, 80]));
    const made = montage(still(stripes), [0, 0, 1, 1]);
    expect(pixelAt(made, 33, 161)).toEqual([150, 0, 40]);
    expect(pixelAt(made, 191, 191)).toEqual([150, 0, 40]);
  });

  it('keeps within the levels of its pictures, for any region', () => {
    const pictures = still(picture(48, 27, () => [90, 90, 90]));
    fc.assert(
      fc.property(boxes, (box) => {
        expect(new Set(montage(pictures, regionAround(box, WIDE)).pixels)).toEqual(new Set([90]));
      }),
      { numRuns: 10 },
    );
  });

  it('refuses another number of pictures than it has moments', () => {
    expect(() => montage([plain(1)], [0, 0, 1, 1])).toThrow('1 pictures for 5 moments');
  });
});
