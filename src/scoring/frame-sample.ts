import { CELLS, type VadModelName } from '../vad-model.js';
import type { VadReading } from '../protocol/gpu.js';
import { dilated, windowMean, type CellGrid } from './cell-grid.js';
import { MotionFeatures } from './motion-features.js';

/** Bands of two rows of cells; what moves in one of them is about equally far from the camera. */
export const BANDS = 12;

/** What is measured of a frame. */
export type FeatureName =
  | 'speed'
  | 'lastingSpeed'
  | 'lastingEnergy'
  | 'stride'
  | 'standstill'
  | 'unexplained'
  | 'foreground'
  | 'dwelling'
  | 'error';

/**
 * What depends on the distance to the camera is kept by band, and brought to the nearest one by `scale` there: things
 * far off seem slow, and take long to make way.
 */
const perspective: Partial<Record<FeatureName, (value: number, scale: number) => number>> = {
  speed: (value, scale) => value / scale,
  lastingSpeed: (value, scale) => value / scale,
  lastingEnergy: (value, scale) => value / scale,
  stride: (value, scale) => value / scale,
  standstill: (value, scale) => value * scale,
};

/**
 * Signs: odd by themselves beyond what they reach in ordinary life, and telling nothing below that. The others are
 * judged together.
 */
const signs: readonly FeatureName[] = ['stride', 'standstill'];

const motionFeatures: readonly FeatureName[] = [
  'speed',
  'lastingSpeed',
  'lastingEnergy',
  'stride',
  'standstill',
  'unexplained',
  'foreground',
  'dwelling',
];

const featuresOf: Record<VadModelName, readonly FeatureName[]> = {
  mnad: ['error'],
  mulde: motionFeatures,
  fused: [...motionFeatures, 'error'],
};

/**
 * The largest value of each of the model's features in each band, or in one place for all of the picture, in the
 * order of `featuresOf`, NaN where it is not known; {@link vectorOf} makes the feature vector of it once the camera's perspective is known.
 */
export type FrameSample = Float32Array;

/** Numbers in a sample. */
export function sampleLength(model: VadModelName): number {
  return featuresOf[model].reduce((sum, name) => sum + bandsOf(name), 0);
}

export interface FrameMaps {
  sample: FrameSample;
  /** Those of the model's features that are known of this frame. */
  maps: ReadonlyMap<FeatureName, CellGrid>;
}

/** MNAD's error counts over 16 x 16 pixels, as far as it was there in the frame before. */
const ERROR_WINDOW = { rows: 2, columns: 2 };

/** Measures the features of one camera's readings, in order. */
export class FeatureExtractor {
  readonly #features: readonly FeatureName[];
  readonly #active: CellGrid;
  readonly #motion = new MotionFeatures();
  #errorBefore: CellGrid | null = null;

  /** `active` is 1 for cells that count and 0 for the others. */
  constructor(model: VadModelName, active: CellGrid) {
    this.#features = featuresOf[model];
    this.#active = active;
  }

  /** Null when the reading lacks what the model needs. */
  take({ motion, error }: VadReading): FrameMaps | null {
    const maps = new Map<FeatureName, CellGrid>();
    if (motion !== null) {
      for (const [name, grid] of Object.entries(this.#motion.maps(motion, this.#active))) {
        if (grid !== null) maps.set(name as FeatureName, grid as CellGrid);
      }
    }
    if (error !== null) {
      const counted = (grid: CellGrid): CellGrid =>
        grid.map((value, cell) => value * (this.#active[cell] ?? 0));
      const local = windowMean(counted(error), ERROR_WINDOW);
      const before = dilated(this.#errorBefore ?? local);
      this.#errorBefore = local;
      maps.set('error', counted(local.map((value, cell) => Math.min(value, before[cell] ?? 0))));
    }
    // Without an error, as after a lost frame, the fused model still has its motion.
    const needed = this.#features.includes('speed') ? 'speed' : 'error';
    if (!maps.has(needed)) return null;
    const values = this.#features.flatMap((name) => largest(name, maps.get(name)));
    return { sample: Float32Array.from(values), maps };
  }

  /** The next frame does not follow the last one, and may show another picture or another light. */
  interrupt(): void {
    this.#motion.interrupt();
    this.#errorBefore = null;
  }
}

/** What the entries of a feature vector are. */
export function featureNames(model: VadModelName): readonly FeatureName[] {
  return featuresOf[model];
}

/** Whether each entry of a feature vector is a sign: odd beyond what it reaches in ordinary life, else of no account. */
export function signsOf(model: VadModelName): boolean[] {
  return featuresOf[model].map((name) => signs.includes(name));
}

/** The feature vector of a sample; `scale` is the size of things in each band against the nearest, in (0, 1]. */
export function vectorOf(sample: FrameSample, model: VadModelName, scale: readonly number[]): number[] {
  let at = 0;
  return featuresOf[model].map((name) => {
    if (bandsOf(name) === 1) return inVector(name, sample[at++] ?? 0, 1);
    let most = 0;
    for (let band = 0; band < BANDS; band += 1) {
      most = Math.max(most, inVector(name, sample[at++] ?? 0, scale[band] ?? 1));
    }
    return most;
  });
}

/** What the feature vector would have if a cell's value were the largest. */
export function vectorMap(name: FeatureName, map: CellGrid, scale: readonly number[]): CellGrid {
  const size = CELLS.count / BANDS;
  return map.map((value, cell) => inVector(name, value, scale[Math.floor(cell / size)] ?? 1));
}

function inVector(name: FeatureName, value: number, scale: number): number {
  const adjusted = perspective[name];
  if (adjusted !== undefined) return adjusted(value, scale);
  return name === 'error' ? Math.log(value + 1e-7) : value;
}

function largest(name: FeatureName, grid: CellGrid | undefined): number[] {
  const bands = bandsOf(name);
  const size = CELLS.count / bands;
  return Array.from({ length: bands }, (_, band) => {
    if (grid === undefined) return NaN;
    let most = -Infinity;
    for (let cell = band * size; cell < (band + 1) * size; cell += 1) most = Math.max(most, grid[cell] ?? 0);
    return most;
  });
}

function bandsOf(name: FeatureName): number {
  return name in perspective ? BANDS : 1;
}
