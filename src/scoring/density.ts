import { DensityNetwork, initialWeights } from './density-network.js';
import { normal, type Random } from '../random.js';

const NOISE_LEVELS = 16;
/** Widths of the noise, in standard deviations of the data. */
const LEAST_NOISE = 0.5;
const MOST_NOISE = 5;
const STEPS = 600;
const BATCH = 128;
const LEARNING_RATE = 2e-3;
const MOMENTUM = 0.5;
const SQUARE_MOMENTUM = 0.9;
/** Weight of the regulariser that keeps the energy of what is normal near 0; beta of the paper. */
const REGULARISER = 0.1;

/** What a fit gives; plain data. */
export interface DensityFit {
  /** Weights of the network. */
  weights: number[];
  /** Mean and standard deviation of the data's energy at each noise width. */
  levels: { mean: number; sd: number }[];
}

const noiseWidths = Array.from({ length: NOISE_LEVELS }, (_, k) => noiseWidth(k / (NOISE_LEVELS - 1)));

/**
 * Energy of vectors under the density of normal ones. A small network learns the slope of the log density of the
 * data blurred by Gaussian noise of many widths (denoising score matching); its values at all widths, standardised
 * on the data, are averaged. Micorek, Possegger, Narnhofer, Bischof, Kozinski: MULDE: Multiscale Log-Density
 * Estimation via Denoising Score Matching for Video Anomaly Detection, CVPR 2024.
 */
export class Density {
  readonly #network: DensityNetwork;
  readonly #levels: DensityFit['levels'];

  constructor(dimensions: number, { weights, levels }: DensityFit) {
    this.#network = new DensityNetwork(dimensions, Float64Array.from(weights));
    this.#levels = levels;
  }

  /** About 0 for what is usual, in its standard deviations; higher for what is not. */
  energy(vector: ArrayLike<number>): number {
    const standardised = this.#levels.map(({ mean, sd }, k) => {
      return (this.#network.value(vector, noiseWidths[k] ?? MOST_NOISE) - mean) / sd;
    });
    return standardised.reduce((sum, value) => sum + value, 0) / NOISE_LEVELS;
  }
}

/** Fits the density of vectors of zero mean and unit spread; takes seconds of CPU time. */
export function fitDensity(vectors: readonly ArrayLike<number>[], random: Random): DensityFit {
  const dimensions = vectors[0]?.length ?? 0;
  const weights = initialWeights(dimensions, () => normal(random));
  const network = new DensityNetwork(dimensions, weights);
  const optimiser = new Adam(weights.length);
  const shift = new Float64Array(dimensions);
  for (let step = 0; step < STEPS; step += 1) {
    network.gradient.fill(0);
    for (let k = 0; k < BATCH; k += 1) {
      const vector = vectors[Math.floor(random() * vectors.length)] ?? [];
      const noise = noiseWidth(random());
      for (let i = 0; i < dimensions; i += 1) shift[i] = normal(random) * noise;
      network.learnSlope(vector, shift, noise, 1 / BATCH);
      network.learnLevel(vector, noise, REGULARISER / BATCH);
    }
    optimiser.step(weights, network.gradient, 0.5 * (1 + Math.cos((Math.PI * step) / STEPS)));
  }
  const levels = noiseWidths.map((noise) => spreadOf(vectors.map((vector) => network.value(vector, noise))));
  return { weights: Array.from(weights, Math.fround), levels };
}

/** Geometric between the bounds; `share` in [0, 1]. */
function noiseWidth(share: number): number {
  return LEAST_NOISE * (MOST_NOISE / LEAST_NOISE) ** share;
}

function spreadOf(values: readonly number[]): { mean: number; sd: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, sd: Math.sqrt(variance) + 1e-6 };
}

/** Kingma and Ba: Adam: A Method for Stochastic Optimization, ICLR 2015. */
class Adam {
  readonly #mean: Float64Array;
  readonly #square: Float64Array;
  #steps = 0;

  constructor(length: number) {
    this.#mean = new Float64Array(length);
    this.#square = new Float64Array(length);
  }

  /** `pace` in [0, 1] scales the learning rate. */
  step(weights: Float64Array, gradient: Float64Array, pace: number): void {
    this.#steps += 1;
    const meanShare = 1 - MOMENTUM ** this.#steps;
    const squareShare = 1 - SQUARE_MOMENTUM ** this.#steps;
    for (let i = 0; i < weights.length; i += 1) {
      const slope = gradient[i] ?? 0;
      const mean = MOMENTUM * (this.#mean[i] ?? 0) + (1 - MOMENTUM) * slope;
      const square = SQUARE_MOMENTUM * (this.#square[i] ?? 0) + (1 - SQUARE_MOMENTUM) * slope * slope;
      this.#mean[i] = mean;
      this.#square[i] = square;
      const move = mean / meanShare / (Math.sqrt(square / squareShare) + 1e-8);
      weights[i] = (weights[i] ?? 0) - LEARNING_RATE * pace * move;
    }
  }
}
