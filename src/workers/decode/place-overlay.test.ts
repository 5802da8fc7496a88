import { describe, expect, it } from 'vitest';
import type { Place } from '../../event.js';
import { CELLS } from '../../vad-model.js';
import { drawPlace, type Plane, type YuvPicture } from './place-overlay.js';

/** Pixels of a cell's side, and padding after each row. */
const CELL = 8;
const PADDING = 6;
const WIDTH = CELLS.columns * CELL;
const HEIGHT = CELLS.rows * CELL;

function grayPicture(width = WIDTH, height = HEIGHT): YuvPicture {
  const plane = (columns: number, rows: number): Plane => {
    const stride = columns + PADDING;
    return { pixels: new Uint8Array(stride * rows).fill(128), stride };
  };
  const [u, v] = [plane(width / 2, height / 2), plane(width / 2, height / 2)];
  return { width, height, y: plane(width, height), u, v };
}

/** Heat at cells `[column, row, value]`; the box is the cell 2, 2 unless given. */
function placeOf(cells: [number, number, number][], box: Place['box'] = boxOf(2, 2)): Place {
  const heat = new Uint8Array(CELLS.count);
  for (const [column, row, value] of cells) heat[row * CELLS.columns + column] = value;
  return { heat, box };
}

const boxOf = (column: number, row: number): Place['box'] => [column / 24, row / 24, 1 / 24, 1 / 24];
const lumaAt = ({ y }: YuvPicture, left: number, top: number): number =>
  y.pixels[top * y.stride + left] ?? NaN;
/** Red minus blue chroma, which the heat makes positive whatever lies under it. */
function warmthAt({ u, v }: YuvPicture, left: number, top: number): number {
  const at = (top >> 1) * u.stride + (left >> 1);
  return (v.pixels[at] ?? NaN) - (u.pixels[at] ?? NaN);
}
const middle = (cell: number): number => cell * CELL + CELL / 2;

describe('drawPlace', () => {
  it('is warmest where it is strongest, brightest there, and still shows what lies under it', () => {
    const picture = grayPicture();
    drawPlace(
      picture,
      placeOf([
        [10, 10, 255],
        [14, 10, 128],
      ]),
    );
    const [strong, weak] = [middle(10), middle(14)];
    expect(warmthAt(picture, strong, strong)).toBeGreaterThan(warmthAt(picture, weak, strong));
    expect(warmthAt(picture, weak, strong)).toBeGreaterThan(20);
    expect(lumaAt(picture, strong, strong)).toBeGreaterThan(lumaAt(picture, weak, strong));
    const dark = grayPicture();
    dark.y.pixels.fill(16);
    drawPlace(dark, placeOf([[10, 10, 255]]));
    expect(lumaAt(picture, strong, strong) - lumaAt(dark, strong, strong)).toBeGreaterThan(30);
  });

  it('goes over smoothly from a cell to the next, and ends in the middle of one without heat', () => {
    const picture = grayPicture();
    drawPlace(picture, placeOf([[10, 10, 255]]));
    const row = middle(10);
    const warmth = Array.from({ length: 2 * CELL }, (_, x) => warmthAt(picture, middle(10) + x, row));
    const steps = warmth.slice(1).map((value, i) => value - (warmth[i] ?? NaN));
    expect(Math.max(...steps)).toBeLessThanOrEqual(0);
    expect(Math.min(...steps)).toBeGreaterThan(-60);
    expect(warmth.slice(CELL)).toEqual(Array.from({ length: CELL }, () => 0));
  });

  it('reaches into the corners of the picture', () => {
    const picture = grayPicture();
    drawPlace(
      picture,
      placeOf([
        [0, 0, 255],
        [23, 23, 255],
      ]),
    );
    expect(warmthAt(picture, 0, 0)).toBe(warmthAt(picture, middle(0) - 1, middle(0) - 1));
    expect(warmthAt(picture, WIDTH - 1, HEIGHT - 1)).toBe(warmthAt(picture, 0, 0));
  });

  it('frames the box in black and white, inside of it, and nothing else', () => {
    const picture = grayPicture();
    drawPlace(picture, placeOf([], [4 / 24, 6 / 24, 3 / 24, 2 / 24]));
    const [left, top, right, bottom] = [4 * CELL, 6 * CELL, 7 * CELL - 1, 8 * CELL - 1];
    const fromSides = (way: number) => [
      lumaAt(picture, left + way, (top + bottom) >> 1),
      lumaAt(picture, right - way, (top + bottom) >> 1),
      lumaAt(picture, (left + right) >> 1, top + way),
      lumaAt(picture, (left + right) >> 1, bottom - way),
    ];
    for (const [way, luma] of [
      [-1, 128],
      [0, 0],
      [1, 0],
      [2, 255],
      [3, 255],
      [4, 128],
    ] as const)
      expect(fromSides(way), `${way} from the sides`).toEqual([luma, luma, luma, luma]);
  });

  it.each([
    ['at the edge', WIDTH, [0, 0, 1, 1]],
    ['too small for its lines, at the top left', 48, [0, 0, 1 / 24, 1 / 24]],
    ['too small for its lines, at the bottom right', 48, [23 / 24, 23 / 24, 1 / 24, 1 / 24]],
  ] as const)('leaves the padding of the rows alone, with a box %s', (_name, side, box) => {
    const picture = grayPicture(side, side);
    drawPlace(picture, placeOf([[23, 5, 255]], [...box]));
    for (const { pixels, stride } of [picture.y, picture.u, picture.v]) {
      const padding = pixels.filter((_value, at) => at % stride >= stride - PADDING);
      expect(new Set(padding)).toEqual(new Set([128]));
    }
  });

  it('changes nothing where there is neither heat nor the box', () => {
    const [picture, before] = [grayPicture(), grayPicture()];
    drawPlace(picture, placeOf([[10, 10, 200]], boxOf(10, 10)));
    const far = (plane: Plane): Uint8Array => plane.pixels.subarray(0, plane.stride * CELL);
    for (const channel of ['y', 'u', 'v'] as const)
      expect(far(picture[channel])).toEqual(far(before[channel]));
  });
});
