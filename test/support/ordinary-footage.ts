import { seededRandom } from '../../src/random.js';
import type { Footage } from '../../src/scoring/calibration.js';
import { sampleLength } from '../../src/scoring/frame-sample.js';
import type { VadModelName } from '../../src/vad-model.js';

/** Blocks of 5 s at 5 FPS of a scene where all that can be measured is between 0 and about 1. */
export function ordinaryFootage(model: VadModelName, blocks: number, seed = 1): Footage {
  const random = seededRandom(seed);
  const sample = (): Float32Array =>
    Float32Array.from({ length: sampleLength(model) }, () => (random() + random()) / 2);
  return {
    model,
    blocks: Array.from({ length: blocks }, () => Array.from({ length: 25 }, sample)),
    blockS: 5,
  };
}
