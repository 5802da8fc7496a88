import { describe, expect, it } from 'vitest';
import { CELLS } from '../vad-model.js';
import { BANDS, newGrid, type CellGrid } from './cell-grid.js';
import type { FeatureSpread } from './frame-energy.js';
import { featureNames, type FeatureName } from './frame-sample.js';
import { heatFunction } from './heat.js';

/** Ordinary up to 1 for each feature; the picture's upper half shows things at half their size. */
const fit = {
  model: 'mulde',
  scale: Array.from({ length: BANDS }, (_, band) => (band < BANDS / 2 ? 0.5 : 1)),
  // Things are half as fast in the left half of the picture.
  paces: Array.from({ length: BANDS * CELLS.columns }, (_, place) =>
    place % CELLS.columns < CELLS.columns / 2 ? 0.5 : 1,
  ),
  features: featureNames('mulde').map((): FeatureSpread => ({ low: 0, high: 1, mean: 0.5, sd: 0.1 })),
} as const;
const heatOf = heatFunction({ ...fit, features: [...fit.features] });

const cellAt = (column: number, row: number): number => row * CELLS.columns + column;

function mapsOf(values: Partial<Record<FeatureName, Record<number, number>>>): Map<FeatureName, CellGrid> {
  return new Map(
    Object.entries(values).map(([name, cells]) => {
      const grid = newGrid();
      for (const [cell, value] of Object.entries(cells)) grid[Number(cell)] = value;
      return [name as FeatureName, grid];
    }),
  );
}

const hottest = (heat: CellGrid): number => heat.indexOf(Math.max(...heat));

describe('heat', () => {
  it('is where a feature goes furthest beyond what is ordinary for it, whichever it is', () => {
    const [walker, runner] = [cellAt(3, 20), cellAt(15, 20)];
    expect(hottest(heatOf(mapsOf({ lastingSpeed: { [walker]: 1.2 }, unexplained: { [runner]: 3 } })))).toBe(
      runner,
    );
    expect(hottest(heatOf(mapsOf({ lastingSpeed: { [walker]: 3 }, unexplained: { [runner]: 1.2 } })))).toBe(
      walker,
    );
  });

  it('adds up what is odd about one place', () => {
    const [once, twice] = [cellAt(3, 20), cellAt(15, 20)];
    const heat = heatOf(mapsOf({ speed: { [once]: 2, [twice]: 1.8 }, foreground: { [twice]: 1.8 } }));
    expect(hottest(heat)).toBe(twice);
  });

  it('takes the distance into account: what is far off is faster than it looks', () => {
    const [near, far] = [cellAt(3, 20), cellAt(15, 2)];
    expect(hottest(heatOf(mapsOf({ speed: { [near]: 2, [far]: 1.5 } })))).toBe(far);
  });

  it('takes the place into account: what is slow elsewhere is fast where all are slower', () => {
    const [slow, fast] = [cellAt(3, 20), cellAt(15, 20)];
    expect(hottest(heatOf(mapsOf({ localSpeed: { [slow]: 1.2, [fast]: 1.5 } })))).toBe(slow);
  });

  it('is none where everything is ordinary, and of a sign none within its range', () => {
    const heat = heatOf(mapsOf({ speed: { [cellAt(3, 20)]: 0.4 }, standstill: { [cellAt(5, 20)]: 0.9 } }));
    expect(Math.max(...heat)).toBe(0);
  });

  it('covers a body where a stride is odd, not the one cell of its middle', () => {
    const heat = heatOf(mapsOf({ stride: { [cellAt(10, 20)]: 5 } }));
    expect(heat.filter((value) => value > 0).length).toBeGreaterThan(9);
  });
});
