import { CELLS } from '../vad-model.js';

/** A value for each cell of the picture, float32 [24, 24], row by row from the top left. */
export type CellGrid = Float32Array;

/** Bands of two rows of cells; what moves in one of them is about equally far from the camera. */
export const BANDS = 12;

/** Cells of a window; its middle, or the cell right below and right of it, is the cell that it is counted for. */
export interface CellWindow {
  rows: number;
  columns: number;
}

/** How to walk over a grid line by line. */
interface Axis {
  lines: number;
  toNextLine: number;
  /** Cells of a line. */
  length: number;
  toNextCell: number;
}

const { rows: ROWS, columns: COLUMNS, count: COUNT } = CELLS;
const ALONG_ROWS: Axis = { lines: ROWS, toNextLine: COLUMNS, length: COLUMNS, toNextCell: 1 };
const ALONG_COLUMNS: Axis = { lines: COLUMNS, toNextLine: 1, length: ROWS, toNextCell: COLUMNS };
/** What the first of two passes leaves for the second: to make a grid costs more than to fill it. */
const between = new Float32Array(COUNT);

export function newGrid(): CellGrid {
  return new Float32Array(COUNT);
}

/** Mean over the window around each cell; what lies outside the picture counts as 0. */
export function windowMean(grid: CellGrid, { rows, columns }: CellWindow): CellGrid {
  return slidingMean(slidingMean(grid, columns, ALONG_ROWS, between), rows, ALONG_COLUMNS, newGrid());
}

/** The largest value of each cell and its eight neighbours. */
export function dilated(grid: CellGrid): CellGrid {
  return neighbourMaximum(neighbourMaximum(grid, ALONG_ROWS, between), ALONG_COLUMNS, newGrid());
}

/** Mean of `size` cells along each line, into `means`. */
function slidingMean(
  grid: CellGrid,
  size: number,
  { lines, toNextLine, length, toNextCell }: Axis,
  means: CellGrid,
): CellGrid {
  const before = size >> 1;
  for (let line = 0; line < lines; line += 1) {
    const start = line * toNextLine;
    for (let at = 0; at < length; at += 1) {
      const end = Math.min(length, at - before + size);
      let sum = 0;
      for (let other = Math.max(0, at - before); other < end; other += 1) {
        sum += grid[start + other * toNextCell] ?? 0;
      }
      means[start + at * toNextCell] = sum / size;
    }
  }
  return means;
}

/** The largest value of each cell and its two neighbours in its line, into `maxima`. */
function neighbourMaximum(
  grid: CellGrid,
  { lines, toNextLine, length, toNextCell }: Axis,
  maxima: CellGrid,
): CellGrid {
  for (let line = 0; line < lines; line += 1) {
    let before = -Infinity;
    let cell = line * toNextLine;
    for (let at = 0; at < length; at += 1) {
      const own = grid[cell] ?? 0;
      const after = at + 1 < length ? (grid[cell + toNextCell] ?? 0) : -Infinity;
      maxima[cell] = Math.max(before, own, after);
      before = own;
      cell += toNextCell;
    }
  }
  return maxima;
}
