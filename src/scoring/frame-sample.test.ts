import { describe, expect, it } from 'vitest';
import { readingOf } from '../../test/support/readings.js';
import { seededRandom } from '../random.js';
import { CELLS } from '../vad-model.js';
import { BANDS, newGrid } from './cell-grid.js';
import { featureNames, FeatureExtractor, vectorOf } from './frame-sample.js';

/** The local speed of a frame in which one thing moves at column 5, by the pace of each column. */
function localSpeedWhere(pace: (column: number) => number): number {
  const extractor = new FeatureExtractor('mulde', newGrid().fill(1));
  const maps = extractor.take(readingOf(0, [{ column: 5, dx: 4 }], seededRandom(1)));
  const scale = new Array<number>(BANDS).fill(1);
  const paces = Array.from({ length: BANDS * CELLS.columns }, (_, place) => pace(place % CELLS.columns));
  const vector = vectorOf(maps?.sample ?? new Float32Array(), 'mulde', { scale, paces });
  return vector[featureNames('mulde').indexOf('localSpeed')] ?? NaN;
}

describe('the feature vector of a frame', () => {
  it('holds what moves against the pace of the place where it is', () => {
    const amongFast = localSpeedWhere((column) => (column < 10 ? 1 : 0.5));
    const amongSlow = localSpeedWhere((column) => (column < 10 ? 0.5 : 1));
    expect(amongFast).toBeGreaterThan(2);
    expect(amongSlow).toBeCloseTo(2 * amongFast, 5);
  });
});
