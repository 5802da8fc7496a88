import type { Colour } from './colour.js';
import { lit } from './colour.js';
import type { AnomalyKind } from './demo-cameras.js';
import type { CameraPose, GroundPoint, Vec3 } from './perspective.js';
import { between, pick, seededRandom, type Random } from '../random.js';
import type { Light, Scene, Site, Wall } from './scene.js';
import { sites } from './sites.js';
import { populate } from './walkers.js';

const PERIOD_S = 60;

/** When the anomaly of a random scene is staged. */
export const ANOMALY_START_S = 20;
export const ANOMALY_END_S = 27;

/** `near`: recognisable as a demo site. `far`: seen from anywhere, in any light, made of anything. */
export type Distance = 'near' | 'far';

/**
 * A scene of its own for every seed: one of the demo sites seen from elsewhere, with other colours, light,
 * furniture and people. Used to train and to evaluate, never shown.
 *
 * @param anomaly - without it everything is ordinary
 * @param distance - how far the scene strays from the demo sites
 */
export function randomScene(seed: number, anomaly?: AnomalyKind, distance: Distance = 'near'): Scene {
  const random = seededRandom(seed);
  const near = varied(pick<Site>(random, [sites.gate, sites.plaza, sites.lane, sites.yard]), random);
  const site = distance === 'near' ? near : estranged(near, random);
  const people = Math.round(between(random, 4, distance === 'near' ? 22 : 45));
  const laneZ = between(random, -0.7, -0.3) * site.walkway.halfWidthM;
  return {
    seed,
    periodS: PERIOD_S,
    site,
    walkers: populate(site, people, PERIOD_S, random),
    anomalies:
      anomaly === undefined ? [] : [{ kind: anomaly, startS: ANOMALY_START_S, endS: ANOMALY_END_S, laneZ }],
  };
}

function varied(site: Site, random: Random): Site {
  // A mirrored lane would be walked towards the camera instead of away from it: another convention.
  const mirrored = site.walkway.traffic === 'keepRight' && random() < 0.5;
  const across = ({ x, z }: GroundPoint): GroundPoint => ({ x: mirrored ? -x : x, z });
  const moved = ({ x, y, z }: Vec3, reachM: Vec3): Vec3 => ({
    x: (mirrored ? -x : x) + between(random, -reachM.x, reachM.x),
    y: y + between(random, -reachM.y, reachM.y),
    z: z + between(random, -reachM.z, reachM.z),
  });
  const repaint = (colour: Colour): Colour => {
    const [red, green, blue] = lit(colour, between(random, 0.65, 1.3));
    const drift = between(random, -25, 25);
    return lit([red + drift, green, blue - drift], 1);
  };
  return {
    camera: {
      position: moved(site.camera.position, { x: 1.5, y: 0.9, z: 0.9 }),
      target: moved(site.camera.target, { x: 1.2, y: 0.4, z: 0.6 }),
      horizontalFovDeg: site.camera.horizontalFovDeg + between(random, -7, 7),
    },
    walkway: {
      ...site.walkway,
      halfWidthM: site.walkway.halfWidthM * between(random, 0.85, 1.15),
      tileM: between(random, 0.5, 1.4),
      colour: repaint(site.walkway.colour),
    },
    ground: { ...site.ground, colour: repaint(site.ground.colour) },
    kerb: repaint(site.kerb),
    walls: site.walls.map((wall): Wall => ({
      ...wall,
      from: across(wall.from),
      to: across(wall.to),
      colour: repaint(wall.colour),
    })),
    furniture: site.furniture
      .filter(() => random() < 0.75)
      .map((piece) => {
        const { x, z } = across(piece.at);
        return { ...piece, at: { x: x + between(random, -2, 2), z } };
      }),
    light: variedLight(site.light, random),
  };
}

/** The site with its camera swung round and its surfaces and light made others, beyond what is natural. */
function estranged(site: Site, random: Random): Site {
  const repaint = (colour: Colour): Colour => lit(colour, between(random, 0.5, 1.9));
  return {
    ...site,
    camera: swungRound(site.camera, random),
    walkway: { ...site.walkway, tileM: between(random, 0.4, 3), colour: repaint(site.walkway.colour) },
    ground: { colour: repaint(site.ground.colour), finish: pick(random, ['grass', 'gravel']) },
    kerb: repaint(site.kerb),
    walls: site.walls.map((wall): Wall => ({
      ...wall,
      heightM: wall.heightM * between(random, 0.3, 1.3),
      colour: repaint(wall.colour),
      finish: pick<Wall['finish']>(random, ['brick', 'plaster', 'hedge', 'gateway']),
    })),
    light: {
      ...site.light,
      shadowOpacity: between(random, 0, 0.6),
      tint: lit(site.light.tint, between(random, 0.7, 1.3)),
    },
  };
}

/** Nearer or farther, higher or lower, and from another side, but never so far that left and right change places. */
function swungRound({ position, target, horizontalFovDeg }: CameraPose, random: Random): CameraPose {
  const yaw = between(random, -0.7, 0.7);
  const reach = between(random, 0.6, 1.8);
  const [x, z] = [position.x - target.x, position.z - target.z];
  return {
    position: {
      x: target.x + reach * (x * Math.cos(yaw) - z * Math.sin(yaw)),
      y: position.y * between(random, 0.6, 1.8),
      z: target.z + reach * (x * Math.sin(yaw) + z * Math.cos(yaw)),
    },
    target,
    horizontalFovDeg: horizontalFovDeg + between(random, -15, 10),
  };
}

function variedLight(light: Light, random: Random): Light {
  return {
    ...light,
    shadowPerMetre: { x: between(random, -0.8, 0.8), z: between(random, -0.4, 0.8) },
    shadowOpacity: between(random, 0.15, 0.45),
    tint: lit(light.tint, between(random, 0.6, 1)),
  };
}
