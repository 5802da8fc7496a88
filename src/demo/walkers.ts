import type { Person } from './actors.js';
import type { Colour } from './colour.js';
import { between, pick, type Random } from '../random.js';
import type { Look, Scene, Site, Walker } from './scene.js';

const skins: readonly [Colour, ...Colour[]] = [
  [236, 200, 172],
  [214, 170, 136],
  [168, 120, 88],
  [110, 76, 56],
];
const hairs: readonly [Colour, ...Colour[]] = [
  [38, 30, 28],
  [84, 58, 40],
  [150, 120, 80],
  [176, 176, 176],
];
const tops: readonly [Colour, ...Colour[]] = [
  [176, 52, 48],
  [44, 74, 132],
  [54, 104, 78],
  [222, 216, 204],
  [52, 54, 60],
  [204, 158, 62],
  [120, 76, 128],
  [96, 148, 178],
  [136, 98, 74],
];
const trousers: readonly [Colour, ...Colour[]] = [
  [40, 46, 62],
  [60, 60, 64],
  [112, 98, 78],
  [72, 88, 116],
  [34, 34, 36],
];

/** Length in metres over which people appear and vanish at the ends of the walkway. */
const FADE_M = 1.5;

/** A random but plausible person. */
export function randomLook(random: Random): Look {
  return {
    heightM: between(random, 1.55, 1.9),
    build: between(random, 0.9, 1.2),
    skin: pick(random, skins),
    hair: pick(random, hairs),
    top: pick(random, tops),
    trousers: pick(random, trousers),
  };
}

/** A strip along the walkway that people keep out of, in metres. */
export interface ClearLane {
  readonly laneZ: number;
  readonly halfWidthM: number;
}

/**
 * People walking at ordinary speed (1.1 to 1.6 m/s) in the ordinary directions of the site.
 *
 * Each walks a whole number of laps in a period, and a whole number of strides in a lap: that is what makes
 * the scene periodic.
 */
export function populate(
  site: Site,
  count: number,
  periodS: number,
  random: Random,
  clear?: ClearLane,
): Walker[] {
  const { halfWidthM, halfLengthM } = site.walkway;
  return Array.from({ length: count }, (_, index) => {
    const speed = between(random, 1.1, 1.6);
    const lapsPerPeriod = Math.max(1, Math.floor((speed * periodS) / (2 * halfLengthM)));
    const straightM = (speed * periodS) / lapsPerPeriod;
    const look = randomLook(random);
    const laneZ = laneOutside(clear, halfWidthM, random);
    return {
      look,
      laneZ,
      direction: travelDirection(site, laneZ),
      straightM,
      lapsPerPeriod,
      // Spread over the lap, so that no seed bunches everybody at one spot.
      phase: (index + between(random, 0, 0.8)) / count,
      strideM: straightM / Math.round(straightM / (look.heightM * 0.82)),
    };
  });
}

/** Which way along x people ordinarily walk in a lane. */
export function travelDirection(site: Site, laneZ: number): 1 | -1 {
  return site.walkway.traffic === 'oneWay' || laneZ < 0 ? 1 : -1;
}

/** A lane drawn uniformly from the walkway's width, less the clear strip and the very edges. */
function laneOutside(clear: ClearLane | undefined, halfWidthM: number, random: Random): number {
  const edge = 0.85 * halfWidthM;
  if (clear === undefined) return between(random, -edge, edge);
  const below = Math.max(0, clear.laneZ - clear.halfWidthM + edge);
  const above = Math.max(0, edge - clear.laneZ - clear.halfWidthM);
  const along = random() * (below + above);
  return along < below ? along - edge : along - below + clear.laneZ + clear.halfWidthM;
}

/** Opacity of someone at `x` metres along a walkway that ends at plus and minus `halfLengthM`. */
function presence(x: number, halfLengthM: number): number {
  return Math.min(1, Math.max(0, (halfLengthM - Math.abs(x)) / FADE_M));
}

/** The ordinary people of a scene at `timeS`, in [0, period). */
export function walkersAt(scene: Scene, timeS: number): Person[] {
  const { halfLengthM } = scene.site.walkway;
  return scene.walkers.map((walker) => {
    const laps = walker.phase + (walker.lapsPerPeriod * timeS) / scene.periodS;
    const walkedM = (laps % 1) * walker.straightM;
    const x = walker.direction * (walkedM - walker.straightM / 2);
    return {
      type: 'person',
      look: walker.look,
      stance: {
        at: { x, z: walker.laneZ },
        headingRad: walker.direction === 1 ? 0 : Math.PI,
        gait: 'walk',
        cycleRad: (2 * Math.PI * walkedM) / walker.strideM,
        leanRad: 0,
      },
      opacity: presence(x, halfLengthM),
    };
  });
}
