import { describe, expect, it } from 'vitest';
import { seededRandom } from '../random.js';
import { parseVlmAnswer } from '../verification/verdict.js';
import { anomalySample, ordinarySample, pictureTimes } from './candidate-sample.js';
import { candidateScene } from './candidate-scene.js';
import { candidateTruth } from './candidate-truth.js';
import { anomalyKinds, type AnomalyKind } from './demo-cameras.js';
import { ANOMALY_START_S } from './random-scene.js';

const SIZE = { width: 480, height: 270 };
const ASPECT = SIZE.width / SIZE.height;

/** All samples of one scene's anomaly, five a second. */
function samplesOf(kind: AnomalyKind, seed: number) {
  const truth = candidateTruth(candidateScene(seed, kind), SIZE);
  const random = seededRandom(seed);
  return Array.from({ length: 55 }, (_, index) => ANOMALY_START_S + index / 5).flatMap((momentS) => {
    const sample = anomalySample(truth, pictureTimes(momentS, 0.4, random), ASPECT, random);
    return sample === undefined ? [] : [sample];
  });
}

describe('times of the pictures', () => {
  it('are the moment, just before, and the nearest of a ring with one picture in a second and a half', () => {
    const times = pictureTimes(21, 0.5, () => 0.5);
    expect(times).toEqual([15.5, 18.5, 20.6, 20.8, 21]);
  });
});

describe('a drawn candidate', () => {
  it.each(anomalyKinds)('of %s has an answer that the product reads', (kind) => {
    const samples = samplesOf(kind, 77);
    expect(samples.length).toBeGreaterThan(0);
    for (const { answer, label } of samples) expect(parseVlmAnswer(answer).label).toBe(label);
    expect(samples.map(({ label }) => label)).toContain(kind);
  });

  it('of somebody who runs back against a one-way lane is one of the wrong way', () => {
    const seeds = Array.from({ length: 60 }, (_, index) => 300 + index);
    const oneWay = seeds.filter((seed) => candidateScene(seed, 'running').site.walkway.traffic === 'oneWay');
    const labels = new Set(oneWay.flatMap((seed) => samplesOf('running', seed).map(({ label }) => label)));
    expect(labels).toEqual(new Set(['running', 'wrong_way']));
  });

  it('of ordinary life shows nothing of the anomaly in its region', () => {
    const truth = candidateTruth(candidateScene(77, 'left_bag'), SIZE);
    const random = seededRandom(5);
    const samples = Array.from({ length: 40 }, () =>
      ordinarySample(truth, pictureTimes(ANOMALY_START_S + 3, 0, random), ASPECT, random),
    ).filter((sample) => sample !== undefined);
    expect(samples.length).toBeGreaterThan(0);
    for (const { label, marks } of samples) {
      expect(label).toBe('normal');
      // The bag is marked in the tiles of the whole picture alone, at the bottom left.
      for (const [x = 0, y = 0] of marks) {
        expect(x).toBeLessThan(128);
        expect(y).toBeGreaterThanOrEqual(128);
      }
    }
  });
});
