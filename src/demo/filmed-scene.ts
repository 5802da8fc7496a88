import type { AnomalyKind } from './demo-cameras.js';
import { seededRandom } from '../random.js';
import { randomScene } from './random-scene.js';
import type { Scene } from './scene.js';
import { populate } from './walkers.js';

/**
 * The random scene of `seed` as one camera films it for `seconds`: the place stays, everybody comes by only once and
 * at any time, as busy on average as the scene is. So no minute is like another, and no `take` like another.
 *
 * @param take - counts the recordings of the camera
 */
export function filmedScene(seed: number, take: number, seconds: number, anomaly?: AnomalyKind): Scene {
  const scene = randomScene(seed, anomaly);
  const laps = scene.walkers.reduce((sum, { lapsPerPeriod }) => sum + lapsPerPeriod, 0);
  const passersBy = Math.round((laps * seconds) / scene.periodS);
  const random = seededRandom(seed * 1_000 + take);
  const walkers = populate(scene.site, passersBy, seconds, random).map((walker) => ({
    ...walker,
    straightM: walker.straightM * walker.lapsPerPeriod,
    lapsPerPeriod: 1,
    phase: random(),
  }));
  return { ...scene, periodS: seconds, walkers };
}
