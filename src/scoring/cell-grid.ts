import { CELLS } from '../vad-model.js';

/** A value for each cell of the picture, float32 [24, 24], row by row from the top left. */
export type CellGrid = Float32Array;

/** Cells of a window; its middle, or the cell right below and right of it, is the cell that it is counted for. */
export interface CellWindow {
  rows: number;
  columns: number;
}

const { rows: ROWS, columns: COLUMNS, count: COUNT } = CELLS;

export function newGrid(): CellGrid {
  return new Float32Array(COUNT);
}

/** Mean over the window around each cell; what lies outside the picture counts as 0. */
export function windowMean(grid: CellGrid, { rows, columns }: CellWindow): CellGrid {
  return slidingMean(slidingMean(grid, columns, 1, COLUMNS), rows, COLUMNS, ROWS);
}

/** The largest value of each cell and its eight neighbours. */
export function dilated(grid: CellGrid): CellGrid {
  return neighbourMaximum(neighbourMaximum(grid, 1, COLUMNS), COLUMNS, ROWS);
}

/** Mean of `size` cells along one axis: `stride` apart, `length` of them in a line. */
function slidingMean(grid: CellGrid, size: number, stride: number, length: number): CellGrid {
  const before = size >> 1;
  const means = newGrid();
  for (let cell = 0; cell < COUNT; cell += 1) {
    const at = Math.floor(cell / stride) % length;
    const first = Math.max(0, at - before);
    const last = Math.min(length - 1, at - before + size - 1);
    let sum = 0;
    for (let other = first; other <= last; other += 1) sum += grid[cell + (other - at) * stride] ?? 0;
    means[cell] = sum / size;
  }
  return means;
}

function neighbourMaximum(grid: CellGrid, stride: number, length: number): CellGrid {
  const maxima = newGrid();
  for (let cell = 0; cell < COUNT; cell += 1) {
    const at = Math.floor(cell / stride) % length;
    let most = grid[cell] ?? 0;
    if (at > 0) most = Math.max(most, grid[cell - stride] ?? 0);
    if (at < length - 1) most = Math.max(most, grid[cell + stride] ?? 0);
    maxima[cell] = most;
  }
  return maxima;
}
