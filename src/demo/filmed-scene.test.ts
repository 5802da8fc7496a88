import { describe, expect, it } from 'vitest';
import { filmedScene } from './filmed-scene.js';
import { randomScene } from './random-scene.js';
import { walkersAt } from './walkers.js';

const SEED = 700_000;
const TRAIN_S = 240;

/** Seconds for which people are in sight, all of them added up, in a second on average. */
function busyness(scene: ReturnType<typeof randomScene>): number {
  const instants = Array.from({ length: 10 * scene.periodS }, (_, index) => index / 10);
  const seen = instants.map((timeS) => walkersAt(scene, timeS).filter(({ opacity }) => opacity > 0).length);
  return seen.reduce((sum, count) => sum + count, 0) / instants.length;
}

describe('a filmed scene', () => {
  const scene = filmedScene(SEED, 0, TRAIN_S);

  it('is the same place in every take, with other people', () => {
    const other = filmedScene(SEED, 1, TRAIN_S, 'smoke');
    expect(other.site).toEqual(scene.site);
    expect(other.seed).toBe(scene.seed);
    expect(other.walkers[0]).not.toEqual(scene.walkers[0]);
    expect(filmedScene(SEED, 0, TRAIN_S)).toEqual(scene);
  });

  it('stages the anomaly of the random scene', () => {
    expect(filmedScene(SEED, 1, 40, 'fall').anomalies).toEqual(randomScene(SEED, 'fall').anomalies);
    expect(scene.anomalies).toEqual([]);
  });

  it('lets everybody come by once, at ordinary speed', () => {
    for (const { lapsPerPeriod, straightM } of scene.walkers) {
      expect(lapsPerPeriod).toBe(1);
      expect(straightM / TRAIN_S).toBeGreaterThanOrEqual(1.1);
      expect(straightM / TRAIN_S).toBeLessThan(1.6);
    }
  });

  it.each([SEED, SEED + 1, SEED + 2])('is about as busy as the random scene of seed %i', (seed) => {
    const ratio = busyness(filmedScene(seed, 0, TRAIN_S)) / busyness(randomScene(seed));
    expect(ratio).toBeGreaterThan(0.7);
    expect(ratio).toBeLessThan(1.4);
  });
});
