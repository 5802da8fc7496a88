import type { MotionReading } from '../protocol/gpu.js';
import { CELLS, motionChannels, type MotionChannel } from '../vad-model.js';
import { dilated, newGrid, windowMean, type CellGrid, type CellWindow } from './cell-grid.js';
import { US_PER_S } from '../units.js';
import { Background } from './background.js';
import { BlobTracks } from './blob-tracks.js';
import { blobsOf } from './blobs.js';
import { Standstill } from './standstill.js';

/** About a person's size in pictures that show people whole. */
const BODY: CellWindow = { rows: 3, columns: 2 };
const SURROUNDINGS: CellWindow = { rows: 5, columns: 3 };
/** Speeds are given for this step, whatever the frames' distance was. */
const NOMINAL_STEP_US = 200_000;
/** Residual at which a displacement counts half, gray levels squared: what it leaves unexplained is guesswork. */
const DOUBTFUL_RESIDUAL = 150;
/** Difference between the frames, squared, that sensor noise makes by itself. */
const NOISE_DIFFERENCE = 30;
/** How long something has to stay to count as fully dwelling: gray levels a second by which `dwelling` may rise. */
const DWELLING_RATE = 3;

/** Maps of one frame; a large value is what people look at. Displacements in 1/192 of the width a 200 ms. */
export interface MotionMaps {
  /** Speed of what moves as one. */
  speed: CellGrid;
  /** The same, as far as it was there in the frame before, at most a cell away. */
  lastingSpeed: CellGrid;
  /** Strength of any movement, limbs included, as far as it was there in the frame before. */
  lastingEnergy: CellGrid;
  /** Change that no displacement explains, in gray levels: what is too quick to follow, what appears, what flickers. */
  unexplained: CellGrid;
  /** Difference to the background in gray levels; null while the background is not known. */
  foreground: CellGrid | null;
  /** The same where it stays: it rises slowly, and falls at once. */
  dwelling: CellGrid | null;
  /** Speed of whole blobs before the background that were followed for some frames, each in the cell of its middle. */
  stride: CellGrid | null;
  /** Seconds for which something stood before the background unchanged. */
  standstill: CellGrid | null;
}

/** Follows one camera's motion cells from frame to frame. */
export class MotionFeatures {
  readonly #background = new Background();
  readonly #dwelling = newGrid();
  readonly #tracks = new BlobTracks();
  readonly #standstill = new Standstill();
  #before: { speed: CellGrid; energy: CellGrid } | null = null;

  /** `active` is 1 for cells that count and 0 for the others. */
  maps({ cells, stepUs, aspect }: MotionReading, active: CellGrid): MotionMaps {
    const channel = (name: MotionChannel): CellGrid => {
      const first = motionChannels.indexOf(name) * CELLS.count;
      return cells.subarray(first, first + CELLS.count);
    };
    const pace = NOMINAL_STEP_US / stepUs;
    const residual = channel('residual');
    const difference = channel('difference');
    const trustIn = (window: CellWindow): CellGrid => {
      const left = windowMean(residual, window);
      const before = windowMean(difference, window);
      return combined((cell) => reliability(left[cell] ?? 0, before[cell] ?? 0));
    };
    // Before any mean is taken, so that what does not count reaches none that do.
    const counted = (grid: CellGrid): CellGrid => combined((cell) => (grid[cell] ?? 0) * (active[cell] ?? 0));
    const dx = windowMean(counted(channel('dx')), BODY);
    const dy = windowMean(counted(channel('dy')), BODY);
    const trust = trustIn(BODY);
    const speed = combined((cell) => Math.hypot(dx[cell] ?? 0, dy[cell] ?? 0) * pace * (trust[cell] ?? 0));
    const squared = windowMean(counted(channel('squared')), SURROUNDINGS);
    const wideTrust = trustIn(SURROUNDINGS);
    const energy = combined((cell) => Math.sqrt(squared[cell] ?? 0) * pace * (wideTrust[cell] ?? 0));
    const before = this.#before ?? { speed, energy };
    this.#before = { speed, energy };
    const origins = combined((cell) => originOf(cell, dx[cell] ?? 0, (dy[cell] ?? 0) / aspect));
    const stepS = stepUs / US_PER_S;
    const signed = this.#background.difference(channel('gray'), stepS);
    const toBackground = signed && counted(signed);
    const inFront = toBackground && combined((cell) => Math.abs(toBackground[cell] ?? 0));
    return {
      speed: counted(speed),
      lastingSpeed: counted(lasting(speed, before.speed, origins)),
      lastingEnergy: counted(lasting(energy, before.energy, origins)),
      unexplained: counted(windowMean(counted(residual), BODY).map(Math.sqrt)),
      foreground: inFront && counted(windowMean(inFront, SURROUNDINGS)),
      dwelling: inFront && this.#dwell(inFront, stepS),
      stride: toBackground && this.#tracks.speeds(blobsOf(toBackground), stepS, aspect),
      standstill: toBackground && this.#standstill.after(toBackground, stepS),
    };
  }

  #dwell(foreground: CellGrid, stepS: number): CellGrid {
    for (let cell = 0; cell < CELLS.count; cell += 1) {
      const risen = (this.#dwelling[cell] ?? 0) + DWELLING_RATE * stepS;
      this.#dwelling[cell] = Math.min(risen, foreground[cell] ?? 0);
    }
    return this.#dwelling;
  }

  /** The next frame does not follow the last one, and may show another picture or another light. */
  interrupt(): void {
    this.#before = null;
    this.#background.restart();
    this.#dwelling.fill(0);
    this.#tracks.restart();
    this.#standstill.restart();
  }
}

/** In [0, 1]: little residual, or little of what there was before the displacement was taken out. */
function reliability(residual: number, difference: number): number {
  const small = DOUBTFUL_RESIDUAL / (DOUBTFUL_RESIDUAL + residual);
  const explained = 1 - (2 * residual) / (difference + NOISE_DIFFERENCE);
  return Math.max(small, explained);
}

function combined(valueOf: (cell: number) => number): CellGrid {
  const grid = newGrid();
  for (let cell = 0; cell < CELLS.count; cell += 1) grid[cell] = valueOf(cell);
  return grid;
}

/** The lower of what there is now and the most there was around where it came from. */
function lasting(now: CellGrid, before: CellGrid, origins: CellGrid): CellGrid {
  const nearby = dilated(before);
  return combined((cell) => Math.min(now[cell] ?? 0, nearby[origins[cell] ?? 0] ?? 0));
}

/** The cell that what is in a cell now was in a step ago. */
function originOf(cell: number, dx: number, dy: number): number {
  const within = (place: number, length: number): number =>
    Math.min(length - 1, Math.max(0, Math.round(place)));
  const column = within((cell % CELLS.columns) - dx / 8, CELLS.columns);
  const row = within(Math.floor(cell / CELLS.columns) - dy / 8, CELLS.rows);
  return row * CELLS.columns + column;
}
