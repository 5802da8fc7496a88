import { CELLS } from '../vad-model.js';
import type { Blob } from './blobs.js';
import { newGrid, type CellGrid } from './cell-grid.js';

/** Pixels of 192 across a cell. */
const CELL_PX = 8;
/** Speeds are given for this step, whatever the frames' distance was. */
const NOMINAL_STEP_S = 0.2;
/** Steps of a track that its speed is taken from. */
const STEPS = 3;
/** Each of them must go at least this share of their mean the common way: else blobs have met, parted or been mixed up. */
const LEAST_SHARE = 0.3;
/** How far a blob may be from where it is expected, in cells: on its first step, and once its speed is known. */
const REACH = { first: 3, later: 2.2 };
/** By how much a blob's mass may change in a step, as a natural logarithm. */
const MOST_GROWTH = 0.9;
/** What a difference in tone costs, against a whole reach: gray levels that cost half, and as a share of the tone. */
const TONE = { levels: 16, share: 0.6 };

/** The places of a blob from frame to frame, the newest last: at most {@link STEPS} + 1. */
type Path = readonly Blob[];

interface Match {
  path: Path;
  blob: Blob;
  cost: number;
}

/**
 * Follows blobs from frame to frame, the nearest to where each is expected being its next place. Sees what is too
 * quick for optical flow: a runner is two of their own widths farther in the next frame.
 */
export class BlobTracks {
  #paths: Path[] = [];

  /**
   * Takes the blobs of the next frame; the speed of each that went the same way for {@link STEPS} steps, in the cell
   * of its middle, in 1/192 of the picture's width a 200 ms, and 0 elsewhere. `aspect` is height by width.
   */
  speeds(blobs: readonly Blob[], stepS: number, aspect: number): CellGrid {
    const matches = associate(this.#paths, blobs);
    const followed = new Set(matches.map(({ blob }) => blob));
    this.#paths = [
      ...matches.map(({ path, blob }) => [...path, blob].slice(-STEPS - 1)),
      ...blobs.filter((blob) => !followed.has(blob)).map((blob) => [blob]),
    ];
    const speeds = newGrid();
    for (const path of this.#paths) {
      const last = path.at(-1);
      if (last === undefined || path.length <= STEPS) continue;
      const cell = Math.round(last.row) * CELLS.columns + Math.round(last.column);
      const speed = (steadySpeed(path, aspect) * CELL_PX * NOMINAL_STEP_S) / stepS;
      speeds[cell] = Math.max(speeds[cell] ?? 0, speed);
    }
    return speeds;
  }

  /** The next frame does not follow the last one. */
  restart(): void {
    this.#paths = [];
  }
}

/** The cheapest pairs first, each path and each blob in one of them at most. */
function associate(paths: readonly Path[], blobs: readonly Blob[]): Match[] {
  const matches = paths.flatMap((path) =>
    blobs.map((blob) => ({ path, blob, cost: costOf(path, blob) })).filter(({ cost }) => cost < Infinity),
  );
  matches.sort((a, b) => a.cost - b.cost);
  const taken = new Set<Path | Blob>();
  return matches.filter(({ path, blob }) => {
    if (taken.has(path) || taken.has(blob)) return false;
    taken.add(path).add(blob);
    return true;
  });
}

/** How unlike the next place of a path a blob is; infinite when it is out of reach. */
function costOf(path: Path, blob: Blob): number {
  const last = path.at(-1) ?? blob;
  const before = path.at(-2);
  const column = before === undefined ? last.column : 2 * last.column - before.column;
  const row = before === undefined ? last.row : 2 * last.row - before.row;
  const reach = before === undefined ? REACH.first : REACH.later;
  const distance = Math.hypot(blob.column - column, blob.row - row);
  const growth = Math.abs(Math.log(blob.mass / last.mass));
  if (distance > reach || growth > MOST_GROWTH) return Infinity;
  const tone = Math.abs(blob.tone - last.tone) / (TONE.levels + TONE.share * Math.abs(last.tone));
  return distance / reach + growth + tone;
}

/** The least that any step went along the whole way, in cells' widths; 0 when the steps are too unlike each other. */
function steadySpeed(path: Path, aspect: number): number {
  const steps = path.slice(1).map((blob, i) => ({
    x: blob.column - (path[i]?.column ?? 0),
    y: (blob.row - (path[i]?.row ?? 0)) * aspect,
  }));
  const x = steps.reduce((sum, step) => sum + step.x, 0);
  const y = steps.reduce((sum, step) => sum + step.y, 0);
  const way = Math.hypot(x, y);
  if (way === 0) return 0;
  const least = Math.min(...steps.map((step) => (step.x * x + step.y * y) / way));
  return least < (LEAST_SHARE * way) / steps.length ? 0 : least;
}
