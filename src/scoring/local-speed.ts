import { CELLS } from '../vad-model.js';
import { BANDS } from './cell-grid.js';

/** What went fastest in one band of the picture: its speed by perspective, and the column that it was in. */
export interface Fastest {
  speed: number;
  column: number;
}

/** How fast things go in each place, band by band and column by column, against the fastest place; in (0, 1]. */
export type Paces = readonly number[];

/** Columns to either side that count as the same place. */
const REACH = 3;
/** The pace of a place where nothing fast was seen; by so much a place where nobody ever was is doubted. */
const LEAST_PACE = 0.5;

/** The speed of what is at one place as it would be in the fastest place: fast for where it is. */
export function localSpeed(speed: number, band: number, column: number, paces: Paces): number {
  return speed / (paces[band * CELLS.columns + column] ?? 1);
}

/**
 * The paces told by blocks of ordinary frames, each with one entry a band: by all, and for each block by the others,
 * which is what its own frames are to be judged by.
 */
export function pacesOf(blocks: readonly (readonly (readonly Fastest[])[])[]): {
  all: Paces;
  others: Paces[];
} {
  const reached = blocks.map(reachedIn);
  return {
    all: pacesFrom(reached),
    others: reached.map((own) => pacesFrom(reached.filter((other) => other !== own))),
  };
}

function pacesFrom(reached: readonly (readonly number[])[]): number[] {
  const speeds = Array.from({ length: BANDS * CELLS.columns }, (_, place) =>
    reached.reduce((most, block) => Math.max(most, block[place] ?? 0), 0),
  );
  const fastest = Math.max(...speeds);
  return speeds.map((speed) => (fastest > 0 ? Math.max(LEAST_PACE, speed / fastest) : 1));
}

/** The most that went around each place in one block. */
function reachedIn(block: readonly (readonly Fastest[])[]): number[] {
  const reached = new Array<number>(BANDS * CELLS.columns).fill(0);
  for (const frame of block) {
    frame.forEach(({ speed, column }, band) => {
      const last = Math.min(CELLS.columns - 1, column + REACH);
      for (let near = Math.max(0, column - REACH); near <= last; near += 1) {
        const place = band * CELLS.columns + near;
        reached[place] = Math.max(reached[place] ?? 0, speed);
      }
    });
  }
  return reached;
}
