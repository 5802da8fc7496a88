import type { Flame, Puff, Smoke } from './actors.js';
import { vec, type GroundPoint } from './perspective.js';
import { between, seededRandom } from '../random.js';
import type { StagedAnomaly } from './scene.js';

const PUFFS_PER_S = 14;
const PUFF_LIFE_S = 3;
const FLAMES = 10;
/** Flames take another shape this many times a second. */
const FLICKER_HZ = 10;
/** Time in which the whole cloud thins out before the anomaly ends. */
const CLEAR_S = 0.8;

/**
 * A fire at `source` and its cloud: flames flicker; puffs rise, drift, swell and thin out.
 *
 * @returns undefined outside the anomaly's time
 */
export function smokeAt(
  { startS, endS }: StagedAnomaly,
  source: GroundPoint,
  seed: number,
  timeS: number,
): Smoke | undefined {
  if (timeS < startS || timeS >= endS) return undefined;
  const random = seededRandom(seed);
  const clearing = Math.min(1, (endS - timeS) / CLEAR_S);
  const puffs: Puff[] = [];
  for (let index = 0; index < (endS - startS) * PUFFS_PER_S; index++) {
    // Every puff takes its numbers whether or not it is in the air, so that all keep theirs over time.
    const [side, depth, rise] = [random(), random(), random()];
    const [sway, size, shade] = [random(), random(), random()];
    const ageS = timeS - startS - index / PUFFS_PER_S;
    if (ageS < 0 || ageS > PUFF_LIFE_S) continue;
    const age = ageS / PUFF_LIFE_S;
    const turbulence = (0.1 + 0.5 * age) * Math.sin(4 * ageS + sway * 2 * Math.PI);
    puffs.push({
      centre: vec(
        source.x + (side - 0.5) * 0.6 + turbulence + 0.5 * ageS,
        0.2 + (0.8 + 0.7 * rise) * ageS,
        source.z + (depth - 0.5) * 0.5,
      ),
      radiusM: (0.35 + 0.75 * age) * (0.75 + 0.55 * size),
      shade,
      opacity: 0.85 * Math.min(1, ageS / 0.15) * (1 - age) * clearing,
    });
  }
  return { type: 'smoke', at: source, puffs, flames: flamesAt(source, seed, timeS, clearing) };
}

function flamesAt({ x, z }: GroundPoint, seed: number, timeS: number, strength: number): Flame[] {
  // The small excess keeps a time such as 31.3 from falling just short of its own flicker.
  const random = seededRandom(seed + Math.floor(timeS * FLICKER_HZ + 1e-6));
  return Array.from({ length: FLAMES }, () => {
    const foot = vec(x + between(random, -0.7, 0.7), 0, z + between(random, -0.2, 0.2));
    const heightM = between(random, 0.6, 2.2) * strength;
    return {
      foot,
      tip: vec(foot.x + between(random, -0.25, 0.25), heightM, foot.z),
      widthM: between(random, 0.4, 0.8),
    };
  });
}
