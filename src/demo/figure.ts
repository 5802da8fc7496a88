import { lit, type Colour } from './colour.js';
import { vec, type GroundPoint, type Vec3 } from './perspective.js';
import type { Look } from './scene.js';

/** How a body holds itself at an instant. */
interface Posture {
  readonly gait: 'stand' | 'walk' | 'run';
  /** Phase of the gait cycle in radians; 2 pi is two steps. */
  readonly cycleRad: number;
  /** 0 is upright, pi/2 is flat on the face. */
  readonly leanRad: number;
}

/** Where a body is. */
export interface Stance extends Posture {
  readonly at: GroundPoint;
  /** Direction of travel: 0 is +x, pi/2 is +z. */
  readonly headingRad: number;
}

/** A limb, the trunk or the head: a thick line with round ends between two world points. */
export interface Bone {
  readonly from: Vec3;
  readonly to: Vec3;
  readonly widthM: number;
  readonly colour: Colour;
}

/** Swing of a limb in radians, and how far knee and elbow bend, by gait. */
const gaits = {
  stand: { thigh: 0, knee: 0, arm: 0, elbow: 0.15, stoop: 0 },
  walk: { thigh: 0.45, knee: 0.6, arm: 0.4, elbow: 0.3, stoop: 0.03 },
  run: { thigh: 0.85, knee: 1.5, arm: 0.9, elbow: 1.5, stoop: 0.2 },
} as const;

/** Point in the body's own axes, in shares of its height: ahead, up, and to its left. */
type BodyPoint = readonly [ahead: number, up: number, left: number];

const hipHeight = 0.52;
const thighLength = 0.25;
const shinLength = 0.25;

function swing([ahead, up, left]: BodyPoint, angleRad: number, length: number): BodyPoint {
  return [ahead + Math.sin(angleRad) * length, up - Math.cos(angleRad) * length, left];
}

/** Limb chains of one side of the body; the opposite arm swings with the leg. */
function side(
  posture: Posture,
  left: 1 | -1,
  build: number,
): Record<'hip' | 'knee' | 'foot' | 'shoulder' | 'elbow' | 'hand', BodyPoint> {
  const gait = gaits[posture.gait];
  const cycle = posture.cycleRad + (left === 1 ? 0 : Math.PI);
  const thighRad = gait.thigh * Math.sin(cycle);
  const kneeRad = gait.knee * Math.max(0, Math.cos(cycle));
  const armRad = -gait.arm * Math.sin(cycle);
  const hip: BodyPoint = [0, hipHeight, 0.045 * left * build];
  const knee = swing(hip, thighRad, thighLength);
  const shoulder: BodyPoint = [0.3 * Math.sin(gait.stoop), 0.81, 0.115 * left * build];
  const elbow = swing(shoulder, armRad, 0.17);
  return {
    hip,
    knee,
    foot: swing(knee, thighRad - kneeRad, shinLength),
    shoulder,
    elbow,
    hand: swing(elbow, armRad + gait.elbow, 0.16),
  };
}

/**
 * The body as bones in world coordinates, ready to be sorted by depth and stroked.
 *
 * @returns thirteen bones: five for each side, then trunk, face and hair
 */
export function skeleton(look: Look, stance: Stance): Bone[] {
  const left = side(stance, 1, look.build);
  const right = side(stance, -1, look.build);
  // The lower foot carries the weight, so the whole body rises and sinks with the step.
  const lowestFoot = Math.min(left.foot[1], right.foot[1]);
  const toWorld = bodyToWorld(look, stance, lowestFoot);
  const stoop = 0.3 * Math.sin(gaits[stance.gait].stoop);
  const girth = look.heightM * look.build;

  const bone = (from: BodyPoint, to: BodyPoint, width: number, colour: Colour): Bone => ({
    from: toWorld(from),
    to: toWorld(to),
    widthM: girth * width,
    colour,
  });
  const shoes = lit(look.trousers, 0.45);
  const limbs = [left, right].flatMap((limb) => [
    bone(limb.hip, limb.knee, 0.085, look.trousers),
    bone(limb.knee, limb.foot, 0.066, lit(look.trousers, 0.92)),
    bone(limb.foot, [limb.foot[0] + 0.07, limb.foot[1] + 0.005, limb.foot[2]], 0.05, shoes),
    bone(limb.shoulder, limb.elbow, 0.06, lit(look.top, 0.88)),
    bone(limb.elbow, limb.hand, 0.048, lit(look.top, 0.84)),
  ]);
  const head: BodyPoint = [stoop + 0.01, 0.925, 0];
  const crown: BodyPoint = [stoop, 0.95, 0];
  return [
    ...limbs,
    bone([0, hipHeight - 0.01, 0], [stoop, 0.775, 0], 0.185, look.top),
    bone(head, [head[0] + 0.004, head[1] - 0.012, 0], 0.105, look.skin),
    bone(crown, [crown[0] - 0.02, crown[1] - 0.004, 0], 0.1, look.hair),
  ];
}

/** Turns the body about its feet by the lean, puts its sole on the ground, and faces it along the heading. */
function bodyToWorld(look: Look, stance: Stance, sole: number): (point: BodyPoint) => Vec3 {
  const { x, z } = stance.at;
  const [cosHeading, sinHeading] = [Math.cos(stance.headingRad), Math.sin(stance.headingRad)];
  const [cosLean, sinLean] = [Math.cos(stance.leanRad), Math.sin(stance.leanRad)];
  const lyingLift = 0.06 * sinLean;
  return ([ahead, up, left]) => {
    const standing = up - sole;
    const forward = (ahead * cosLean + standing * sinLean) * look.heightM;
    const height = (standing * cosLean - ahead * sinLean + lyingLift) * look.heightM;
    const sideways = left * look.heightM;
    return vec(
      x + forward * cosHeading - sideways * sinHeading,
      Math.max(0.03, height),
      z + forward * sinHeading + sideways * cosHeading,
    );
  };
}
