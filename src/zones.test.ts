import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CELLS } from './vad-model.js';
import { activeCells, cellsInside, zonesOf, type Point, type Polygon } from './zones.js';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const polygon: fc.Arbitrary<Polygon> = fc.record({
  points: fc.array(fc.tuple(share, share), { minLength: 3, maxLength: 12 }),
});
const zones = fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), polygon, { maxKeys: 4 });
const masks = fc.array(polygon, { maxLength: 4 });

function rectangle([left, top]: Point, [right, bottom]: Point): Polygon {
  return {
    points: [
      [left, top],
      [right, top],
      [right, bottom],
      [left, bottom],
    ],
  };
}

const cellAt = (column: number, row: number): number => row * CELLS.columns + column;
const active = (grid: Float32Array): number[] => [...grid.keys()].filter((cell) => grid[cell] === 1);
const inOrder = (cells: Iterable<number>): number[] => [...new Set(cells)].sort((a, b) => a - b);

describe('cellsInside', () => {
  it('counts a cell by its middle', () => {
    const [short, reaching] = [0.49 / CELLS.columns, 0.51 / CELLS.columns];
    expect(cellsInside(rectangle([0, 0], [short, 1]))).toEqual([]);
    expect(cellsInside(rectangle([0, 0], [reaching, 1]))).toHaveLength(CELLS.rows);
  });

  it('follows a hollow shape, with x to the right and y downwards', () => {
    const corner: Polygon = {
      points: [
        [0, 0],
        [1, 0],
        [1, 0.25],
        [0.25, 0.25],
        [0.25, 1],
        [0, 1],
      ],
    };
    const cells = new Set(cellsInside(corner));
    expect(cells.size).toBe(24 * 6 + 6 * 18);
    expect(cells.has(cellAt(23, 0))).toBe(true);
    expect(cells.has(cellAt(0, 23))).toBe(true);
    expect(cells.has(cellAt(12, 12))).toBe(false);
  });

  it('is the same whichever corner is named first, and which way around', () => {
    fc.assert(
      fc.property(polygon, fc.nat(), ({ points }, turn) => {
        const at = turn % points.length;
        const cells = cellsInside({ points });
        expect(cellsInside({ points: [...points.slice(at), ...points.slice(0, at)] })).toEqual(cells);
        expect(cellsInside({ points: points.toReversed() })).toEqual(cells);
      }),
    );
  });

  it('gives each cell to one of two areas that share an edge', () => {
    fc.assert(
      fc.property(share, share, (above, below) => {
        const edge: Point[] = [
          [above, 0],
          [below, 1],
        ];
        const left = cellsInside({ points: [[0, 0], ...edge, [0, 1]] });
        const right = cellsInside({ points: [[1, 1], ...edge.toReversed(), [1, 0]] });
        expect([...left, ...right].sort((a, b) => a - b)).toEqual([...Array(CELLS.count).keys()]);
      }),
    );
  });
});

describe('activeCells', () => {
  it('is the whole picture without zones and masks', () => {
    expect(active(activeCells({}, []))).toHaveLength(CELLS.count);
  });

  it('is the union of the zones without any cell of a mask', () => {
    fc.assert(
      fc.property(zones, masks, (someZones, someMasks) => {
        const masked = new Set(someMasks.flatMap(cellsInside));
        const polygons = Object.values(someZones);
        const watched =
          polygons.length === 0 ? active(activeCells({}, [])) : inOrder(polygons.flatMap(cellsInside));
        expect(active(activeCells(someZones, someMasks))).toEqual(
          watched.filter((cell) => !masked.has(cell)),
        );
      }),
    );
  });

  it('is smaller for every mask and larger for every further zone', () => {
    fc.assert(
      fc.property(zones, masks, polygon, (someZones, someMasks, another) => {
        const before = activeCells(someZones, someMasks);
        const masked = activeCells(someZones, [...someMasks, another]);
        expect(masked.every((value, cell) => value <= (before[cell] ?? 0))).toBe(true);
        if (Object.keys(someZones).length === 0) return;
        const widened = activeCells({ ...someZones, another }, someMasks);
        expect(widened.every((value, cell) => value >= (before[cell] ?? 0))).toBe(true);
      }),
    );
  });
});

describe('zonesOf', () => {
  it('names every zone that a cell lies in', () => {
    const left = rectangle([0, 0], [0.6, 1]);
    const right = rectangle([0.4, 0], [1, 1]);
    expect(zonesOf(cellAt(0, 5), { left, right })).toEqual(['left']);
    expect(zonesOf(cellAt(12, 5), { left, right })).toEqual(['left', 'right']);
    expect(zonesOf(cellAt(12, 5), {})).toEqual([]);
  });

  it('names a zone for every cell that counts, if there are zones', () => {
    fc.assert(
      fc.property(zones, masks, (someZones, someMasks) => {
        fc.pre(Object.keys(someZones).length > 0);
        for (const cell of active(activeCells(someZones, someMasks))) {
          expect(zonesOf(cell, someZones)).not.toEqual([]);
        }
      }),
    );
  });
});
