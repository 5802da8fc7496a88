import { CELLS } from '../vad-model.js';
import type { Place } from '../event.js';
import type { CellGrid } from './cell-grid.js';

/** Cells this strong against the strongest belong to the box. */
const BOX_SHARE = 0.5;

/** The strongest spot of a map, with the cells that hang together with it. */
export function placeOf(map: CellGrid): Place {
  const strongest = map.reduce((best, value, cell) => (value > (map[best] ?? 0) ? cell : best), 0);
  const most = map[strongest] ?? 0;
  const heat = Uint8Array.from(map, (value) =>
    most > 0 ? Math.floor((255 * Math.max(0, value)) / most) : 0,
  );
  const cells = most > 0 ? around(map, strongest, most * BOX_SHARE) : [strongest];
  const columns = cells.map((cell) => cell % CELLS.columns);
  const rows = cells.map((cell) => Math.floor(cell / CELLS.columns));
  const [left, right] = [Math.min(...columns), Math.max(...columns) + 1];
  const [top, bottom] = [Math.min(...rows), Math.max(...rows) + 1];
  const box: Place['box'] = [
    left / CELLS.columns,
    top / CELLS.rows,
    (right - left) / CELLS.columns,
    (bottom - top) / CELLS.rows,
  ];
  return { box, heat };
}

/** Where the heat is strongest: the cell's index, row by row. */
export function strongestCell({ heat }: Place): number {
  return Math.max(0, heat.indexOf(255));
}

/** The cells of at least `least` that are connected with `start` by sides, `start` among them. */
function around(map: CellGrid, start: number, least: number): number[] {
  const found = new Set([start]);
  for (const cell of found) {
    const column = cell % CELLS.columns;
    const neighbours = [
      cell - CELLS.columns,
      cell + CELLS.columns,
      ...(column > 0 ? [cell - 1] : []),
      ...(column < CELLS.columns - 1 ? [cell + 1] : []),
    ];
    for (const neighbour of neighbours) if ((map[neighbour] ?? -1) >= least) found.add(neighbour);
  }
  return [...found];
}
