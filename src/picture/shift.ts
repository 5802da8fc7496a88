import { VAD_FRAME } from '../frame.js';
import { GRID, type PictureStatistics } from './statistics.js';

const { width: WIDTH } = VAD_FRAME;
const CELL = GRID.cellSize;

/** The largest shift looked for, in px; what moved further is a new picture. */
export const LONGEST_SHIFT = 8;

/** The profiles must fit this much better moved than unmoved, in squared error. */
const CLEARLY_BETTER = 0.6;
/** Mean absolute gradient from which a cell shows whether it moved. */
const TEXTURED = 6;
/** A cell has moved with the picture when its difference falls below this share. */
const CELL_MOVED = 0.7;
/** So many of the textured cells must have moved: objects, even large ones, leave most of the background. */
const CELLS_MOVED = 0.6;
const FEWEST_CELLS = 12;

/**
 * How far the whole picture moved since the one before, in px; 0 when only things within it did.
 *
 * Proposed by matching the profiles of columns and of rows (integral projections: Ratakonda, Real-time digital video
 * stabilization for multi-media applications, ISCAS 1998), then put to the vote of the textured cells.
 */
export function globalShift(
  pixels: Uint8Array,
  statistics: PictureStatistics,
  previous: Uint8Array,
  before: PictureStatistics,
): number {
  const dx = profileShift(statistics.columnProfile, before.columnProfile);
  const dy = profileShift(statistics.rowProfile, before.rowProfile);
  if (dx === 0 && dy === 0) return 0;
  return cellsAgree(pixels, previous, before.texture, dx, dy) ? Math.hypot(dx, dy) : 0;
}

/** The whole number of px by which `profile` fits `before` best; 0 unless clearly better. */
function profileShift(profile: Float32Array, before: Float32Array): number {
  const unmoved = mismatch(profile, before, 0);
  let best = 0;
  let least = unmoved * CLEARLY_BETTER;
  for (let shift = -LONGEST_SHIFT; shift <= LONGEST_SHIFT; shift += 1) {
    const error = mismatch(profile, before, shift);
    if (error >= least) continue;
    least = error;
    best = shift;
  }
  return best;
}

/** Squared error of the profiles' slopes: slopes, so that a change of light moves nothing. */
function mismatch(profile: Float32Array, before: Float32Array, shift: number): number {
  let error = 0;
  for (let i = LONGEST_SHIFT; i < profile.length - LONGEST_SHIFT - 1; i += 1) {
    const slope = (profile[i + 1] ?? 0) - (profile[i] ?? 0);
    const slopeBefore = (before[i + 1 - shift] ?? 0) - (before[i - shift] ?? 0);
    error += (slope - slopeBefore) ** 2;
  }
  return error;
}

function cellsAgree(
  pixels: Uint8Array,
  previous: Uint8Array,
  texture: Float32Array,
  dx: number,
  dy: number,
): boolean {
  let voters = 0;
  let moved = 0;
  // Without the outermost cells, whose pixels may have come from outside the picture.
  for (let row = 1; row < GRID.rows - 1; row += 1) {
    for (let column = 1; column < GRID.columns - 1; column += 1) {
      if ((texture[row * GRID.columns + column] ?? 0) < TEXTURED) continue;
      voters += 1;
      const corner = row * CELL * WIDTH + column * CELL;
      const unmoved = cellDifference(pixels, previous, corner, 0);
      if (cellDifference(pixels, previous, corner, dy * WIDTH + dx) < CELL_MOVED * unmoved) moved += 1;
    }
  }
  return voters >= FEWEST_CELLS && moved >= CELLS_MOVED * voters;
}

function cellDifference(pixels: Uint8Array, previous: Uint8Array, corner: number, offset: number): number {
  let difference = 0;
  for (let y = 0; y < CELL; y += 1) {
    for (let x = 0; x < CELL; x += 1) {
      const i = corner + y * WIDTH + x;
      difference += Math.abs((pixels[i] ?? 0) - (previous[i - offset] ?? 0));
    }
  }
  return difference;
}
