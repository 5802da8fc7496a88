import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CELLS } from '../vad-model.js';
import { dilated, newGrid, windowMean, type CellGrid } from './cell-grid.js';

const cellAt = (row: number, column: number): number => row * CELLS.columns + column;

function only(cell: number, value = 1): CellGrid {
  const grid = newGrid();
  grid[cell] = value;
  return grid;
}

const grids = fc
  .array(fc.integer({ min: 0, max: 100 }), { minLength: CELLS.count, maxLength: CELLS.count })
  .map((values) => Float32Array.from(values));

describe('a mean over a window of cells', () => {
  it('spreads one cell over the window around it', () => {
    const mean = windowMean(only(cellAt(10, 10), 6), { rows: 3, columns: 2 });
    const reached = [...mean.keys()].filter((cell) => (mean[cell] ?? 0) > 0);
    expect(reached).toEqual([9, 10, 11].flatMap((row) => [10, 11].map((column) => cellAt(row, column))));
    expect(mean[cellAt(10, 10)]).toBeCloseTo(1, 6);
  });

  it('does not reach round the sides of the picture, and counts what lies outside as nothing', () => {
    const mean = windowMean(only(cellAt(5, CELLS.columns - 1), 9), { rows: 3, columns: 3 });
    expect(mean[cellAt(6, 0)]).toBe(0);
    expect(mean[cellAt(5, CELLS.columns - 1)]).toBeCloseTo(1, 6);
  });
});

describe('a dilated grid', () => {
  it('holds in each cell the largest of it and its neighbours', () => {
    fc.assert(
      fc.property(grids, fc.nat(CELLS.count - 1), (grid, cell) => {
        const [row, column] = [Math.floor(cell / CELLS.columns), cell % CELLS.columns];
        const near = [...grid].filter((_, other) => {
          const rows = Math.abs(Math.floor(other / CELLS.columns) - row);
          return rows <= 1 && Math.abs((other % CELLS.columns) - column) <= 1;
        });
        expect(dilated(grid)[cell]).toBe(Math.max(...near));
      }),
      { numRuns: 50 },
    );
  });
});
