import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CELLS } from '../vad-model.js';
import { newGrid, type CellGrid } from './cell-grid.js';
import { placeOf, strongestCell } from './place.js';

/** `[column, row, value]` of the cells that are not 0. */
function gridOf(...cells: [number, number, number][]): CellGrid {
  const grid = newGrid();
  for (const [column, row, value] of cells) grid[row * CELLS.columns + column] = value;
  return grid;
}

/** The box in cells: left, top, width, height. */
function boxIn(grid: CellGrid): number[] {
  const [x, y, width, height] = placeOf(grid).box;
  return [x * CELLS.columns, y * CELLS.rows, width * CELLS.columns, height * CELLS.rows].map(
    (cells) => Math.round(cells * 1e6) / 1e6,
  );
}

describe('placeOf', () => {
  it('boxes the strongest spot, and not another that it does not hang together with', () => {
    const spot: [number, number, number][] = [
      [5, 3, 10],
      [6, 3, 6],
      [6, 4, 5],
      [7, 4, 4],
    ];
    expect(boxIn(gridOf(...spot, [15, 15, 9]))).toEqual([5, 3, 2, 2]);
  });

  it('does not go around the edge of the picture', () => {
    expect(boxIn(gridOf([23, 3, 10], [0, 4, 10]))).toEqual([23, 3, 1, 1]);
    expect(boxIn(gridOf([0, 0, 1], [0, 23, 1]))).toEqual([0, 0, 1, 1]);
  });

  it('gives heat against the strongest cell, and none to what is not positive', () => {
    const { heat } = placeOf(gridOf([2, 0, 8], [3, 0, 4], [4, 0, -4]));
    expect([...heat.subarray(2, 6)]).toEqual([255, 127, 0, 0]);
  });

  it('of any map lies in the picture, around its strongest cell', () => {
    const map = fc
      .array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: CELLS.count, maxLength: CELLS.count })
      .map((values) => Float32Array.from(values));
    fc.assert(
      fc.property(map, (grid) => {
        const place = placeOf(grid);
        const [left, top, width, height] = boxIn(grid);
        const cell = strongestCell(place);
        expect(grid[cell]).toBe(Math.max(...grid));
        if (Math.max(...grid) === 0) return;
        const [column, row] = [cell % CELLS.columns, Math.floor(cell / CELLS.columns)];
        expect(column).toBeGreaterThanOrEqual(left ?? NaN);
        expect(column).toBeLessThan((left ?? NaN) + (width ?? NaN));
        expect(row).toBeGreaterThanOrEqual(top ?? NaN);
        expect(row).toBeLessThan((top ?? NaN) + (height ?? NaN));
        expect((left ?? NaN) + (width ?? NaN)).toBeLessThanOrEqual(CELLS.columns);
        expect((top ?? NaN) + (height ?? NaN)).toBeLessThanOrEqual(CELLS.rows);
      }),
      { numRuns: 50 },
    );
  });
});
