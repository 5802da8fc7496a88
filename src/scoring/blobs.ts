import { CELLS } from '../vad-model.js';
import type { CellGrid } from './cell-grid.js';

/** Gray levels from which on a cell belongs to something in front of the background. */
const COVERED = 10;
/** Less than this, as gray levels summed over its cells, is noise. */
const LEAST_MASS = 15;
/** Blobs of one frame, the largest ones. */
const MOST_BLOBS = 24;

/** Cells before the background that hang together: a person, a car, or several people who overlap. */
export interface Blob {
  /** Middle in cells from the middle of the top left one, weighted by how much each cell differs. */
  column: number;
  row: number;
  /** Gray levels by which its cells differ from the background, summed up without their signs. */
  mass: number;
  /** Mean of the same with their signs: lighter or darker than the background. */
  tone: number;
}

/** The blobs of a frame, largest first; `difference` to the background in gray levels, signed. */
export function blobsOf(difference: CellGrid): Blob[] {
  const seen = new Uint8Array(CELLS.count);
  const blobs: Blob[] = [];
  for (let cell = 0; cell < CELLS.count; cell += 1) {
    if (seen[cell] === 1 || !isCovered(difference, cell)) continue;
    const blob = blobOf(connectedWith(cell, difference, seen), difference);
    if (blob.mass > LEAST_MASS) blobs.push(blob);
  }
  return blobs.sort((a, b) => b.mass - a.mass).slice(0, MOST_BLOBS);
}

function isCovered(difference: CellGrid, cell: number): boolean {
  return Math.abs(difference[cell] ?? 0) >= COVERED;
}

/** The covered cells that hang together with one by sides or corners; marks them in `seen`. */
function connectedWith(start: number, difference: CellGrid, seen: Uint8Array): number[] {
  const cells = [start];
  seen[start] = 1;
  for (const cell of cells) {
    const column = cell % CELLS.columns;
    const row = Math.floor(cell / CELLS.columns);
    for (let y = Math.max(0, row - 1); y <= Math.min(CELLS.rows - 1, row + 1); y += 1) {
      for (let x = Math.max(0, column - 1); x <= Math.min(CELLS.columns - 1, column + 1); x += 1) {
        const other = y * CELLS.columns + x;
        if (seen[other] === 1 || !isCovered(difference, other)) continue;
        seen[other] = 1;
        cells.push(other);
      }
    }
  }
  return cells;
}

function blobOf(cells: readonly number[], difference: CellGrid): Blob {
  let [mass, tone, column, row] = [0, 0, 0, 0];
  for (const cell of cells) {
    const signed = difference[cell] ?? 0;
    const weight = Math.abs(signed);
    mass += weight;
    tone += signed;
    column += weight * (cell % CELLS.columns);
    row += weight * Math.floor(cell / CELLS.columns);
  }
  return { column: column / mass, row: row / mass, mass, tone: tone / cells.length };
}
