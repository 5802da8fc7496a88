import { quantileOf } from '../quantile.js';
import { seededRandom } from '../random.js';
import type { VadModelName } from '../vad-model.js';
import { Density, fitDensity, type DensityFit } from './density.js';
import { BANDS, vectorOf, type FrameSample } from './frame-sample.js';
import { fitTail, levelPassed, returnLevel, withoutStrange, type Level, type Tail } from './tail.js';

/** Ordinary footage of one camera, in runs of consecutive frames. */
export interface Footage {
  model: VadModelName;
  /** Samples of consecutive frames, about `blockS` seconds each. */
  blocks: readonly (readonly FrameSample[])[];
  blockS: number;
}

/** What is ordinary for one camera, and from where on it alarms. Plain data: it is stored and sent as JSON. */
export interface Calibration {
  model: VadModelName;
  /** Frames and seconds of footage that it was fitted to. */
  frames: number;
  seconds: number;
  /** Size of things in each band of rows against the nearest band, in (0, 1]. */
  scale: number[];
  /** How each feature of ordinary frames is spread; `sd` 0 when it was not known of any. */
  features: { low: number; high: number; mean: number; sd: number }[];
  /** Null while there is too little footage to fit one: the mean of the features stands in for it. */
  density: DensityFit | null;
  /** Median energy of ordinary frames. */
  median: number;
  /** Tail of the energies of ordinary frames. */
  tail: Tail;
  /** Energy at which the false-alarm budget is spent. */
  threshold: Level;
  /** Frame samples that people called false alarms, the newest last; at most {@link MOST_FORGIVEN}. */
  forgiven: number[][];
}

/** What energies follow from. */
type Fit = Pick<Calibration, 'model' | 'scale' | 'features' | 'density'>;

/** A frame under a fit. */
interface Measured {
  energy: number;
  /** What the density sees: deviations above the ordinary, at most {@link MOST_DEVIATIONS}. */
  deviations: number[];
}

export const MOST_FORGIVEN = 32;

/** Frames from which on a density is worth fitting. */
const LEAST_FRAMES_FOR_DENSITY = 250;
/** Beyond this many deviations a density knows nothing: the excess is added as it is. */
const MOST_DEVIATIONS = 10;
/** Speed from which on something moves, in 1/192 of the picture's width a 200 ms. */
const MOVING = 0.25;
/** Share of the moving frames whose speed is taken for what a band reaches. */
const REACHED = 0.97;
/** Weight of what was seen one band away. */
const NEIGHBOUR_WEIGHT = 0.25;
const LEAST_SCALE = 0.1;
/** Distance in deviations at which a pattern is still much like one that was forgiven. */
const FORGIVEN_WIDTH = 1.5;

/** Frames that have to reach the threshold before an episode begins, at 5 FPS; see `minDurationUs` of episodes. */
const HELD_FRAMES = 2;

/** Fits a calibration; pure, and up to seconds of CPU time. `alarmsPerDay` is the false-alarm budget. */
export function fitCalibration({ model, blocks, blockS }: Footage, alarmsPerDay: number): Calibration {
  const random = seededRandom(1);
  const samples = blocks.flat();
  const scale = perspectiveOf(samples, model);
  const vectors = samples.map((sample) => vectorOf(sample, model, scale));
  const features = (vectors[0] ?? []).map((_, i) =>
    spreadOf(vectors.map((vector) => vector[i] ?? 0).filter((value) => !Number.isNaN(value))),
  );
  const deviations = vectors.map((vector) => deviationsOf(vector, features));
  const density =
    samples.length < LEAST_FRAMES_FOR_DENSITY || features.length < 2 ? null : fitDensity(deviations, random);
  const fit = { model, scale, features, density };
  const measure = measureFunction(fit);
  const energies = blocks.map((block) => block.map((sample) => measure(sample).energy));
  const levels = energies.map(highestHeld).filter((level) => level > -Infinity);
  const maxima = withoutStrange(levels, blockS);
  return {
    ...fit,
    frames: samples.length,
    seconds: blocks.length * blockS,
    median: quantileOf(energies.flat(), 0.5),
    tail: fitTail(maxima, blockS),
    threshold: levelPassed(maxima, blockS, alarmsPerDay, random),
    forgiven: [],
  };
}

/** The calibration with its threshold moved to another false-alarm budget, as its tail tells. */
export function withBudget(calibration: Calibration, alarmsPerDay: number): Calibration {
  const { tail, threshold } = calibration;
  const moved = returnLevel(tail, alarmsPerDay) - threshold.level;
  const { level, low, high } = threshold;
  return { ...calibration, threshold: { level: level + moved, low: low + moved, high: high + moved } };
}

/** The calibration that takes what is like `sample` for ordinary, too; the oldest such sample gives way when full. */
export function forgive(calibration: Calibration, sample: readonly number[]): Calibration {
  const others = unforgive(calibration, sample).forgiven;
  return { ...calibration, forgiven: [...others, [...sample]].slice(-MOST_FORGIVEN) };
}

/** Takes {@link forgive} back; the same calibration when there is nothing to take back. */
export function unforgive(calibration: Calibration, sample: readonly number[]): Calibration {
  const isSame = (other: readonly number[]): boolean => other.every((value, i) => value === sample[i]);
  const forgiven = calibration.forgiven.filter((other) => !isSame(other));
  return forgiven.length === calibration.forgiven.length ? calibration : { ...calibration, forgiven };
}

/**
 * How unusual a sample is under a calibration: about 0 for what is ordinary, higher for what is not. What is like a
 * forgiven sample is drawn to half-way between the ordinary and the threshold, the more the more it is like it; what
 * is odder than the forgiven sample keeps the difference.
 */
export function energyFunction(calibration: Calibration): (sample: FrameSample) => number {
  const { forgiven, median, threshold } = calibration;
  const measure = measureFunction(calibration);
  const patterns = forgiven.map((sample) => measure(Float32Array.from(sample)));
  const harmless = (median + threshold.level) / 2;
  return (sample) => {
    const { energy, deviations } = measure(sample);
    const reliefs = patterns.map((pattern) => {
      const excess = Math.min(energy, pattern.energy) - harmless;
      return excess * similarity(deviations, pattern.deviations);
    });
    return energy - Math.max(0, ...reliefs);
  };
}

/** 1 for the same place, falling to 0 with the distance as a Gaussian does. */
function similarity(a: readonly number[], b: readonly number[]): number {
  const squared = a.reduce((sum, value, i) => sum + (value - (b[i] ?? 0)) ** 2, 0);
  return Math.exp(-squared / (2 * FORGIVEN_WIDTH ** 2));
}

function measureFunction({ model, scale, features, density: fit }: Fit): (sample: FrameSample) => Measured {
  const density = fit === null ? null : new Density(features.length, fit);
  return (sample) => {
    const all = deviationsOf(vectorOf(sample, model, scale), features);
    const deviations = all.map((value) => Math.min(value, MOST_DEVIATIONS));
    const beyond = all.reduce((sum, value) => sum + Math.max(0, value - MOST_DEVIATIONS), 0);
    const mean = deviations.reduce((sum, value) => sum + value, 0) / deviations.length;
    // The density knows what goes together; the mean goes on rising evenly where the density saw nothing.
    const inside = density === null ? mean : density.energy(deviations) + mean;
    return { energy: inside + beyond / all.length, deviations };
  };
}

/** The highest level that {@link HELD_FRAMES} in a row of a block hold: what it takes to begin an episode. */
function highestHeld(energies: readonly number[]): number {
  return energies.reduce((highest, _energy, first) => {
    const held = energies.slice(first, first + HELD_FRAMES);
    return held.length < HELD_FRAMES ? highest : Math.max(highest, Math.min(...held));
  }, -Infinity);
}

/**
 * Deviations of a vector above the ordinary: what is low is never odd, so each feature begins at the middle of its
 * ordinary range.
 */
function deviationsOf(vector: readonly number[], features: Calibration['features']): number[] {
  return vector.map((value, i) => {
    const { low = 0, high = 1, mean = 0, sd = 1 } = features[i] ?? {};
    // What is not known of a frame, or was never known, counts as ordinary.
    return Number.isNaN(value) || sd === 0 ? 0 : (aboveMiddle(value, low, high) - mean) / sd;
  });
}

function spreadOf(values: readonly number[]): Calibration['features'][number] {
  if (values.length === 0) return { low: 0, high: 0, mean: 0, sd: 0 };
  const low = quantileOf(values, 0.01);
  const high = quantileOf(values, 0.995);
  const placed = values.map((value) => aboveMiddle(value, low, high));
  const mean = placed.reduce((sum, value) => sum + value, 0) / placed.length;
  const variance = placed.reduce((sum, value) => sum + (value - mean) ** 2, 0) / placed.length;
  return { low, high, mean, sd: Math.sqrt(variance) + 1e-6 };
}

function aboveMiddle(value: number, low: number, high: number): number {
  return Math.max(0.5, (value - low) / (high - low + 1e-9));
}

/**
 * Size of things by band: the speed that what moves there reaches in ordinary life, averaged with the bands around
 * by how much was seen, because things of one speed seem slower the farther they are.
 */
function perspectiveOf(samples: readonly FrameSample[], model: VadModelName): number[] {
  const bands = Array.from({ length: BANDS }, (_, band) => band);
  if (model === 'mnad') return bands.map(() => 1);
  const seen = bands.map((band) => {
    const speeds = samples.map((sample) => sample[band] ?? 0).filter((speed) => speed > MOVING);
    return { frames: speeds.length, reached: speeds.length === 0 ? 0 : quantileOf(speeds, REACHED) };
  });
  const smooth = bands.map((band) => {
    const weights = seen.map(({ frames }, other) => frames * NEIGHBOUR_WEIGHT ** Math.abs(band - other));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.reduce((sum, weight, other) => sum + weight * (seen[other]?.reached ?? 0), 0) / total;
  });
  const largest = Math.max(...smooth);
  return smooth.map((speed) => (largest > 0 ? Math.max(LEAST_SCALE, speed / largest) : 1));
}
