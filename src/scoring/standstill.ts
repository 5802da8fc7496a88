import { CELLS } from '../vad-model.js';
import { newGrid, type CellGrid } from './cell-grid.js';

/** Gray levels from which on a cell is taken for covered by something. */
const COVERED = 12;
/** By so many gray levels, and by this share of its difference, what stands in a cell may change and be the same. */
const SAME = { levels: 1.5, share: 0.12 };
/** Who walks past hides what stands behind for this long at most. */
const HIDDEN_S = 0.8;
/** Seconds for which a cell must have been seen empty: else the background itself may be what is wrong. */
const SEEN_EMPTY_S = 2;
/** Longer is no odder. */
const LONGEST_S = 12;

/**
 * For how long something has stood in each cell unchanged, as a bag does or somebody who lies on the ground; who
 * walks, and a crowd, changes a cell with every step.
 */
export class Standstill {
  readonly #seconds = newGrid();
  readonly #hiddenS = newGrid();
  readonly #emptyS = newGrid();
  /** What stands there, as the difference to the background when it came. */
  readonly #known = newGrid();

  /** Seconds by cell, 0 to 12; `difference` to the background in gray levels, signed. Owned by the caller. */
  after(difference: CellGrid, stepS: number): CellGrid {
    for (let cell = 0; cell < CELLS.count; cell += 1) this.#follow(cell, difference[cell] ?? 0, stepS);
    return this.#seconds.slice();
  }

  /** The background is another one. */
  restart(): void {
    for (const grid of [this.#seconds, this.#hiddenS, this.#emptyS, this.#known]) grid.fill(0);
  }

  #follow(cell: number, difference: number, stepS: number): void {
    const known = this.#known[cell] ?? 0;
    const seconds = this.#seconds[cell] ?? 0;
    const covered = Math.abs(difference) > COVERED;
    if (!covered) this.#emptyS[cell] = (this.#emptyS[cell] ?? 0) + stepS;
    const same = Math.abs(difference - known) < SAME.levels + SAME.share * Math.abs(known);
    if (covered && same && (this.#emptyS[cell] ?? 0) >= SEEN_EMPTY_S) {
      this.#seconds[cell] = Math.min(LONGEST_S, seconds + stepS);
      this.#hiddenS[cell] = 0;
      return;
    }
    this.#hiddenS[cell] = (this.#hiddenS[cell] ?? 0) + stepS;
    if ((this.#hiddenS[cell] ?? 0) <= Math.min(HIDDEN_S, seconds)) return;
    this.#seconds[cell] = 0;
    this.#hiddenS[cell] = 0;
    this.#known[cell] = difference;
  }
}
