import { VAD_FRAME } from '../frame.js';
import { fitLine, GRID, quantileOf, shareOf } from './statistics.js';

const { width: WIDTH } = VAD_FRAME;

/** Looks until a view has shown itself long enough to compare with. */
const FEWEST_LOOKS = 10;
/** Looks until what was learned weighs 1/e; at one look a second the reference follows dusk and dawn. */
const LOOKS_REMEMBERED = 430;

/** Root mean square of a cell's gradient, in gray levels, from which the cell shows edges. */
const EDGES = 3;
/** Gradients of a cell: those within it only, so that a cell at the picture's border is like any other. */
const GRADIENTS = (GRID.cellSize - 1) ** 2;
/** With fewer such cells nothing but brightness can be judged. */
const FEWEST_CELLS = 24;
/** A cell lost its texture when less than this share of its gradient's energy is left. */
const TEXTURE_LOST = 0.15;
/**
 * Root mean square of a cell's gradient along its weakest direction, from which the cell shows whether it moved: a
 * straight edge looks the same moved along itself (Shi and Tomasi: Good features to track, CVPR 1994).
 */
const CORNERS = 2;
/** Correlation of a cell's gradients with the reference's, from which its edges are where they were. */
const IN_PLACE = 0.4;

/** How a view compares with the camera's own reference. */
export interface ReferenceMatch {
  /** Brightness of the cell that a tenth of the cells outshine, 0 to 255: darkness spares no lamp. */
  readonly brightness: number;
  readonly usualBrightness: number;
  /** The rest holds for the cells in which the reference shows edges; null when there are too few of them. */
  readonly edges: {
    /** Contrast left between cells, as a share of the reference's. */
    readonly contrast: number;
    /** Correlation of the cells' brightness with the reference's, in [-1, 1]. */
    readonly pattern: number;
    /** Strength of gradients left in the median cell, as a share of the reference's. */
    readonly sharpness: number;
    /** Share of cells whose texture is gone. */
    readonly textureLost: number;
    /** Share of the cells with edges in more than one direction whose edges are where they were; 1 of too few. */
    readonly inPlace: number;
  } | null;
}

/** What a camera usually shows: the average of its own pictures, where what moves fades away. */
export class PictureReference {
  readonly #picture = new Float32Array(VAD_FRAME.bytes);
  #looks = 0;

  /** Learns a view: float32 [192, 192], gray levels. */
  learn(view: Float32Array): void {
    this.#looks = Math.min(LOOKS_REMEMBERED, this.#looks + 1);
    blend(this.#picture, view, 1 / this.#looks);
  }

  /** Forgets all: the camera looks elsewhere. */
  forget(): void {
    this.#looks = 0;
  }

  /** Compares a view, float32 [192, 192]; null while too little has been learned. */
  compare(view: Float32Array): ReferenceMatch | null {
    if (this.#looks < FEWEST_LOOKS) return null;
    const means = cellMeans(view);
    const usualMeans = cellMeans(this.#picture);
    return {
      brightness: quantileOf(means, 0.9),
      usualBrightness: quantileOf(usualMeans, 0.9),
      edges: compareEdges(view, this.#picture, means, usualMeans),
    };
  }
}

/** Moves `average` towards `values` by a share of the way, in place. */
export function blend(average: Float32Array, values: Float32Array | Uint8Array, share: number): void {
  for (let i = 0; i < average.length; i += 1) {
    const from = average[i] ?? 0;
    average[i] = from + share * ((values[i] ?? 0) - from);
  }
}

function cellMeans(picture: Float32Array): Float32Array {
  const means = new Float32Array(GRID.cells);
  for (let cell = 0; cell < GRID.cells; cell += 1) {
    const corner = cornerOf(cell);
    let sum = 0;
    for (let row = corner; row < corner + GRID.cellSize * WIDTH; row += WIDTH)
      for (let i = row; i < row + GRID.cellSize; i += 1) sum += picture[i] ?? 0;
    means[cell] = sum / GRID.cellSize ** 2;
  }
  return means;
}

function compareEdges(
  view: Float32Array,
  reference: Float32Array,
  means: Float32Array,
  usualMeans: Float32Array,
): ReferenceMatch['edges'] {
  const left: number[] = [];
  const correlations: number[] = [];
  for (let cell = 0; cell < GRID.cells; cell += 1) {
    const { energy, usualEnergy, usualWeakest, product } = compareCell(view, reference, cornerOf(cell));
    if (usualEnergy < EDGES ** 2 * GRADIENTS) continue;
    left.push(energy / usualEnergy);
    if (usualWeakest < CORNERS ** 2 * GRADIENTS) continue;
    correlations.push(energy > 0 ? product / Math.sqrt(energy * usualEnergy) : 0);
  }
  if (left.length < FEWEST_CELLS) return null;
  const energyLeft = Float32Array.from(left);
  const { slope, correlation: pattern } = fitLine(usualMeans, means);
  return {
    contrast: slope,
    pattern,
    sharpness: Math.sqrt(quantileOf(energyLeft, 0.5)),
    textureLost: shareOf(energyLeft, (share) => share < TEXTURE_LOST),
    inPlace:
      correlations.length < FEWEST_CELLS
        ? 1
        : shareOf(Float32Array.from(correlations), (value) => value >= IN_PLACE),
  };
}

interface CellComparison {
  /** Sums over the cell of the squared gradients of the view and of the reference. */
  energy: number;
  usualEnergy: number;
  /** The same along the direction in which the reference's gradients are weakest. */
  usualWeakest: number;
  /** Sum of the scalar products of both gradients. */
  product: number;
}

function compareCell(view: Float32Array, reference: Float32Array, corner: number): CellComparison {
  let energy = 0;
  let usualAcrossEnergy = 0;
  let usualDownEnergy = 0;
  let usualMixed = 0;
  let product = 0;
  for (let row = corner; row < corner + (GRID.cellSize - 1) * WIDTH; row += WIDTH) {
    for (let i = row; i < row + GRID.cellSize - 1; i += 1) {
      const value = view[i] ?? 0;
      const usual = reference[i] ?? 0;
      const across = (view[i + 1] ?? 0) - value;
      const down = (view[i + WIDTH] ?? 0) - value;
      const usualAcross = (reference[i + 1] ?? 0) - usual;
      const usualDown = (reference[i + WIDTH] ?? 0) - usual;
      energy += across * across + down * down;
      usualAcrossEnergy += usualAcross * usualAcross;
      usualDownEnergy += usualDown * usualDown;
      usualMixed += usualAcross * usualDown;
      product += across * usualAcross + down * usualDown;
    }
  }
  const usualEnergy = usualAcrossEnergy + usualDownEnergy;
  // The smaller eigenvalue of the structure tensor.
  const usualWeakest = usualEnergy / 2 - Math.hypot((usualAcrossEnergy - usualDownEnergy) / 2, usualMixed);
  return { energy, usualEnergy, usualWeakest, product };
}

/** Index of a cell's first pixel. */
function cornerOf(cell: number): number {
  const column = cell % GRID.columns;
  const row = (cell - column) / GRID.columns;
  return (row * WIDTH + column) * GRID.cellSize;
}
