import { CELLS, type VadModelName } from '../vad-model.js';
import type { VadReading } from '../protocol/gpu.js';
import { BANDS, dilated, newGrid, windowMean, type CellGrid } from './cell-grid.js';
import { localSpeed, type Fastest, type Paces } from './local-speed.js';
import { MotionFeatures } from './motion-features.js';

/** What is measured of a frame. */
export type FeatureName =
  | 'speed'
  | 'lastingSpeed'
  | 'lastingEnergy'
  | 'localSpeed'
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
  localSpeed: (value, scale) => value / scale,
  stride: (value, scale) => value / scale,
  standstill: (value, scale) => value * scale,
};

/**
 * Signs: odd by themselves beyond what they reach in ordinary life, and telling nothing below that. The others are
 * judged together.
 */
const signs: readonly FeatureName[] = ['localSpeed', 'stride', 'standstill'];

const motionFeatures: readonly FeatureName[] = [
  'speed',
  'lastingSpeed',
  'lastingEnergy',
  'localSpeed',
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
 * order of `featuresOf`, NaN where it is not known; for `localSpeed` the columns in which `lastingSpeed` is largest.
 * {@link vectorOf} makes the feature vector of it once the camera's view is known.
 */
export type FrameSample = Float32Array;

/** Where a sample holds what is about each feature: from `first` to before `end`. */
type Parts = ReadonlyMap<FeatureName, { first: number; end: number }>;

const partsOf: Record<VadModelName, Parts> = {
  mnad: inTurn(featuresOf.mnad),
  mulde: inTurn(featuresOf.mulde),
  fused: inTurn(featuresOf.fused),
};

function inTurn(names: readonly FeatureName[]): Parts {
  let end = 0;
  return new Map(names.map((name) => [name, { first: end, end: (end += bandsOf(name)) }]));
}

/** Numbers in a sample. */
export function sampleLength(model: VadModelName): number {
  return Math.max(...[...partsOf[model].values()].map(({ end }) => end));
}

/** What is known of a camera's picture. */
export interface CameraView {
  /** Size of things in each band against the nearest band, in (0, 1]. */
  scale: readonly number[];
  /** How fast things go in each place. */
  paces: Paces;
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
      // The same to see; what is known of the place makes the difference.
      maps.set('localSpeed', maps.get('lastingSpeed') ?? newGrid());
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
    const values = this.#features.flatMap((name) => inSample(name, maps.get(name)));
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

/** What went fastest in each band of a sample; nothing when the model looks at no motion. */
export function fastestOf(sample: FrameSample, model: VadModelName, scale: readonly number[]): Fastest[] {
  const speeds = partOf(sample, model, 'lastingSpeed');
  const columns = partOf(sample, model, 'localSpeed');
  return Array.from(speeds, (speed, band) => ({
    speed: speed / (scale[band] ?? 1),
    column: columns[band] ?? 0,
  }));
}

/** The feature vector of a sample. */
export function vectorOf(sample: FrameSample, model: VadModelName, view: CameraView): number[] {
  const columns = partOf(sample, model, 'localSpeed');
  return featuresOf[model].map((name) => {
    const values = partOf(sample, model, name === 'localSpeed' ? 'lastingSpeed' : name);
    if (values.length === 1) return inVector(name, values[0] ?? 0, 0, 0, view);
    return values.reduce(
      (most, value, band) => Math.max(most, inVector(name, value, band, columns[band] ?? 0, view)),
      0,
    );
  });
}

/** What the feature vector would have if a cell's value were the largest. */
export function vectorMap(name: FeatureName, map: CellGrid, view: CameraView): CellGrid {
  const size = CELLS.count / BANDS;
  return map.map((value, cell) => inVector(name, value, Math.floor(cell / size), cell % CELLS.columns, view));
}

function inVector(
  name: FeatureName,
  value: number,
  band: number,
  column: number,
  { scale, paces }: CameraView,
): number {
  const adjusted = perspective[name];
  if (adjusted === undefined) return name === 'error' ? Math.log(value + 1e-7) : value;
  const near = adjusted(value, scale[band] ?? 1);
  return name === 'localSpeed' ? localSpeed(near, band, column, paces) : near;
}

/** The numbers of a sample that are about one feature; none when the model lacks it. */
function partOf(sample: FrameSample, model: VadModelName, name: FeatureName): FrameSample {
  const { first, end } = partsOf[model].get(name) ?? { first: 0, end: 0 };
  return sample.subarray(first, end);
}

function inSample(name: FeatureName, grid: CellGrid | undefined): number[] {
  const bands = bandsOf(name);
  const size = CELLS.count / bands;
  return Array.from({ length: bands }, (_, band) => {
    if (grid === undefined) return NaN;
    let largest = band * size;
    for (let cell = largest + 1; cell < (band + 1) * size; cell += 1) {
      if ((grid[cell] ?? 0) > (grid[largest] ?? 0)) largest = cell;
    }
    return name === 'localSpeed' ? largest % CELLS.columns : (grid[largest] ?? 0);
  });
}

function bandsOf(name: FeatureName): number {
  return name in perspective ? BANDS : 1;
}
