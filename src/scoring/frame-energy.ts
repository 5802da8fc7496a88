import { quantileOf } from '../quantile.js';
import type { VadModelName } from '../vad-model.js';
import { Density, type DensityFit } from './density.js';
import { signsOf, type CameraView } from './frame-sample.js';

/** How a feature of ordinary frames is spread; `sd` 0 when it was not known of any. */
export interface FeatureSpread {
  low: number;
  high: number;
  mean: number;
  sd: number;
}

/** What energies follow from. */
export interface EnergyFit extends CameraView {
  model: VadModelName;
  features: FeatureSpread[];
  /** Null while there is too little footage to fit one: the mean of the features stands in for it. */
  density: DensityFit | null;
}

/** A frame under a fit. */
export interface MeasuredFrame {
  energy: number;
  /** Where the frame lies: deviations above the ordinary, at most {@link MOST_DEVIATIONS}, and energies of the signs. */
  deviations: number[];
}

/** Beyond this many deviations a density knows nothing: the excess is added as it is. */
const MOST_DEVIATIONS = 10;
/** Energy of a sign that is once more its ordinary range beyond it. */
const SIGN_ENERGY = 10;
/** Ordinary range of a sign at least, in its own unit: a second, or 1/192 of the picture's width a 200 ms. */
const LEAST_SIGN_RANGE = 1;

/**
 * Measures feature vectors: the energy of what is judged together, and that of the oddest sign added. A sign adds nothing
 * within its ordinary range, so that it takes nothing from what the others tell there.
 */
export function measureFunction(fit: EnergyFit): (vector: readonly number[]) => MeasuredFrame {
  const { model, features } = fit;
  const isSign = signsOf(model);
  const jointEnergy = jointEnergyFunction(fit, isSign.filter((sign) => !sign).length);
  return (vector) => {
    const deviations = jointDeviations(vector, features, model);
    const joint = jointEnergy(deviations);
    const signs = vector.map((value, i) => (isSign[i] === true ? signEnergy(value, features[i]) : 0));
    return {
      energy: joint + Math.max(...signs),
      deviations: [...deviations, ...signs].map((value) => Math.min(value, MOST_DEVIATIONS)),
    };
  };
}

/**
 * Deviations above the ordinary of what is judged together: what is low is never odd, so each feature begins at the
 * middle of its ordinary range.
 */
export function jointDeviations(
  vector: readonly number[],
  features: readonly FeatureSpread[],
  model: VadModelName,
): number[] {
  const isSign = signsOf(model);
  return vector.flatMap((value, i) => (isSign[i] === true ? [] : deviation(value, features[i])));
}

/** What is not known of a frame, or was never known, counts as ordinary. */
export function deviation(value: number, spread: FeatureSpread | undefined): number {
  if (spread === undefined || spread.sd === 0 || Number.isNaN(value)) return 0;
  const { low, high, mean, sd } = spread;
  return (aboveMiddle(value, low, high) - mean) / sd;
}

/** How the values of a feature are spread; those that are not known are left out. */
export function spreadOf(all: readonly number[]): FeatureSpread {
  const values = all.filter((value) => !Number.isNaN(value));
  if (values.length === 0) return { low: 0, high: 0, mean: 0, sd: 0 };
  const low = quantileOf(values, 0.01);
  const high = quantileOf(values, 0.995);
  const placed = values.map((value) => aboveMiddle(value, low, high));
  const mean = placed.reduce((sum, value) => sum + value, 0) / placed.length;
  const variance = placed.reduce((sum, value) => sum + (value - mean) ** 2, 0) / placed.length;
  return { low, high, mean, sd: Math.sqrt(variance) + 1e-6 };
}

function jointEnergyFunction(
  { density: fit }: EnergyFit,
  dimensions: number,
): (deviations: readonly number[]) => number {
  const density = fit === null ? null : new Density(dimensions, fit);
  return (all) => {
    const deviations = all.map((value) => Math.min(value, MOST_DEVIATIONS));
    const beyond = all.reduce((sum, value) => sum + Math.max(0, value - MOST_DEVIATIONS), 0);
    const mean = deviations.reduce((sum, value) => sum + value, 0) / deviations.length;
    // The density knows what goes together; the mean goes on rising evenly where the density saw nothing.
    const inside = density === null ? mean : density.energy(deviations) + mean;
    return inside + beyond / all.length;
  };
}

/** Grows with the way beyond the ordinary, in ordinary ranges; 0 when that is not known. */
export function signEnergy(value: number, spread: FeatureSpread | undefined): number {
  if (spread === undefined || spread.sd === 0 || Number.isNaN(value)) return 0;
  const { low, high } = spread;
  return (SIGN_ENERGY * Math.max(0, value - high)) / Math.max(LEAST_SIGN_RANGE, high - low);
}

function aboveMiddle(value: number, low: number, high: number): number {
  return Math.max(0.5, (value - low) / (high - low + 1e-9));
}
