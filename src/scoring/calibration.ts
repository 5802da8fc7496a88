import { quantileOf } from '../quantile.js';
import { seededRandom } from '../random.js';
import type { VadModelName } from '../vad-model.js';
import { perspectiveOf } from './camera-perspective.js';
import { fitDensity } from './density.js';
import {
  jointDeviations,
  measureFunction,
  spreadOf,
  type EnergyFit,
  type MeasuredFrame,
} from './frame-energy.js';
import { fastestOf, featureNames, vectorOf, type FeatureName, type FrameSample } from './frame-sample.js';
import { pacesOf } from './local-speed.js';
import { fitTail, levelPassed, returnLevel, withoutStrange, type Level, type Tail } from './tail.js';

/** Ordinary footage of one camera, in runs of consecutive frames. */
export interface Footage {
  model: VadModelName;
  /** Samples of consecutive frames, about `blockS` seconds each. */
  blocks: readonly (readonly FrameSample[])[];
  blockS: number;
}

/** What is ordinary for one camera, and from where on it alarms. Plain data: it is stored and sent as JSON. */
export interface Calibration extends EnergyFit {
  /** Frames and seconds of footage that it was fitted to. */
  frames: number;
  seconds: number;
  /** Median energy of ordinary frames. */
  median: number;
  /** Tail of the energies of ordinary frames. */
  tail: Tail;
  /** Energy at which the false-alarm budget is spent. */
  threshold: Level;
  /** Frame samples that people called false alarms, the newest last; at most {@link MOST_FORGIVEN}. */
  forgiven: number[][];
}

export const MOST_FORGIVEN = 32;

/** Frames from which on a density is worth fitting. */
const LEAST_FRAMES_FOR_DENSITY = 250;
/** Seconds of footage from which on it is known how long things ordinarily stand, and how fast they go where. */
const LEAST_S: Partial<Record<FeatureName, number>> = { standstill: 55, localSpeed: 55 };
/** Distance in deviations at which a pattern is still much like one that was forgiven. */
const FORGIVEN_WIDTH = 1.5;

/** Frames that have to reach the threshold before an episode begins, at 5 FPS; see `minDurationUs` of episodes. */
const HELD_FRAMES = 2;

/** Fits a calibration; pure, and up to seconds of CPU time. `alarmsPerDay` is the false-alarm budget. */
export function fitCalibration({ model, blocks, blockS }: Footage, alarmsPerDay: number): Calibration {
  const random = seededRandom(1);
  const samples = blocks.flat();
  const scale = perspectiveOf(samples, model);
  const paces = pacesOf(blocks.map((block) => block.map((sample) => fastestOf(sample, model, scale))));
  const vectorsOfBlocks = blocks.map((block, i) =>
    block.map((sample) => vectorOf(sample, model, { scale, paces: paces.others[i] ?? [] })),
  );
  const vectors = vectorsOfBlocks.flat();
  const seconds = blocks.length * blockS;
  const features = featureNames(model).map((name, i) =>
    // Who stands about is ordinary, and comes by seldom; so does who takes another way.
    spreadOf(seconds < (LEAST_S[name] ?? 0) ? [] : vectors.map((vector) => vector[i] ?? NaN)),
  );
  const deviations = vectors.map((vector) => jointDeviations(vector, features, model));
  const density = isWorthADensity(deviations) ? fitDensity(deviations, random) : null;
  const fit = { model, scale, paces: paces.all, features, density };
  const measure = measureFunction(fit);
  const energies = vectorsOfBlocks.map((block) => block.map((vector) => measure(vector).energy));
  const levels = energies.map(highestHeld).filter((level) => level > -Infinity);
  const maxima = withoutStrange(levels, blockS);
  return {
    ...fit,
    frames: samples.length,
    seconds,
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
  const measure = sampleMeasure(calibration);
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

function sampleMeasure(calibration: Calibration): (sample: FrameSample) => MeasuredFrame {
  const measure = measureFunction(calibration);
  return (sample) => measure(vectorOf(sample, calibration.model, calibration));
}

/** 1 for the same place, falling to 0 with the distance as a Gaussian does. */
function similarity(a: readonly number[], b: readonly number[]): number {
  const squared = a.reduce((sum, value, i) => sum + (value - (b[i] ?? 0)) ** 2, 0);
  return Math.exp(-squared / (2 * FORGIVEN_WIDTH ** 2));
}

/** One feature has no pattern. */
function isWorthADensity(deviations: readonly number[][]): boolean {
  return deviations.length >= LEAST_FRAMES_FOR_DENSITY && (deviations[0]?.length ?? 0) > 1;
}

/** The highest level that {@link HELD_FRAMES} in a row of a block hold: what it takes to begin an episode. */
function highestHeld(energies: readonly number[]): number {
  return energies.reduce((highest, _energy, first) => {
    const held = energies.slice(first, first + HELD_FRAMES);
    return held.length < HELD_FRAMES ? highest : Math.max(highest, Math.min(...held));
  }, -Infinity);
}
