import { describe, expect, it } from 'vitest';
import { normal, seededRandom } from '../random.js';
import { Density, fitDensity } from './density.js';
import { DensityNetwork, initialWeights } from './density-network.js';

/** Two clouds on a diagonal: each coordinate alone is ordinary off the diagonal, the pair is not. */
function twoClouds(count: number): number[][] {
  const random = seededRandom(7);
  return Array.from({ length: count }, (_, i) => {
    const middle = i % 2 === 0 ? 1 : -1;
    return [middle + 0.15 * normal(random), middle + 0.15 * normal(random)];
  });
}

describe('the density network', () => {
  const random = seededRandom(3);
  const weights = initialWeights(3, () => normal(random));
  const vector = [0.4, -1.2, 0.7];
  const shift = [0.3, 0.1, -0.5];
  const NOISE = 0.8;

  /** Of f at x along each coordinate, by central differences. */
  const slopeOf = (network: DensityNetwork, x: readonly number[]): number[] =>
    x.map((_, i) => {
      const at = (step: number): number =>
        network.value(
          x.map((value, j) => value + (i === j ? step : 0)),
          NOISE,
        );
      return (at(1e-5) - at(-1e-5)) / 2e-5;
    });

  const losses = {
    slope: (network: DensityNetwork): number => {
      const slope = slopeOf(
        network,
        vector.map((value, i) => value + (shift[i] ?? 0)),
      );
      const missed = slope.map((value, i) => value - (shift[i] ?? 0) / NOISE ** 2);
      return (NOISE ** 2 / 2) * missed.reduce((sum, value) => sum + value ** 2, 0);
    },
    level: (network: DensityNetwork): number => network.value(vector, NOISE) ** 2 / 2,
  };
  const learn = {
    slope: (network: DensityNetwork): void => {
      network.learnSlope(vector, shift, NOISE, 1);
    },
    level: (network: DensityNetwork): void => {
      network.learnLevel(vector, NOISE, 1);
    },
  };

  it.each(['slope', 'level'] as const)('has the gradient of its %s loss that differences give', (name) => {
    const network = new DensityNetwork(3, weights);
    network.gradient.fill(0);
    learn[name](network);
    const gradient = Float64Array.from(network.gradient);
    for (let i = 0; i < weights.length; i += 37) {
      const moved = (step: number): number => {
        const changed = Float64Array.from(weights);
        changed[i] = (changed[i] ?? 0) + step;
        return losses[name](new DensityNetwork(3, changed));
      };
      expect(gradient[i]).toBeCloseTo((moved(1e-4) - moved(-1e-4)) / 2e-4, 3);
    }
  });
});

describe('a fitted density', () => {
  const density = new Density(2, fitDensity(twoClouds(500), seededRandom(1)));

  it('has low energy where the data lie, and higher energy between and beyond them', () => {
    const ordinary = density.energy([1, 1]);
    expect(density.energy([-1, -1])).toBeLessThan(1);
    expect(ordinary).toBeLessThan(1);
    expect(density.energy([1, -1])).toBeGreaterThan(ordinary + 1);
    expect(density.energy([4, 4])).toBeGreaterThan(density.energy([1, -1]));
  });

  it('is the same for the same data and seed', () => {
    expect(fitDensity(twoClouds(50), seededRandom(1))).toEqual(fitDensity(twoClouds(50), seededRandom(1)));
  });
});
