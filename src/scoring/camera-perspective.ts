import { quantileOf } from '../quantile.js';
import type { VadModelName } from '../vad-model.js';
import { BANDS } from './cell-grid.js';
import type { FrameSample } from './frame-sample.js';

/** Speed from which on something moves, in 1/192 of the picture's width a 200 ms. */
const MOVING = 0.25;
/** Share of the moving frames whose speed is taken for what a band reaches. */
const REACHED = 0.97;
/** Weight of what was seen one band away. */
const NEIGHBOUR_WEIGHT = 0.25;
const LEAST_SCALE = 0.1;

/**
 * Size of things by band: the speed that what moves there reaches in ordinary life, averaged with the bands around
 * by how much was seen, because things of one speed seem slower the farther they are.
 */
export function perspectiveOf(samples: readonly FrameSample[], model: VadModelName): number[] {
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
