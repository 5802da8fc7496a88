import type { GroundPoint } from './perspective.js';

/** A place to be at a time. */
export interface Waypoint extends GroundPoint {
  readonly timeS: number;
}

/** Where a traveller is: `walkedM` is the length of the route behind it, `moving` is false while it waits. */
export interface Progress {
  readonly at: GroundPoint;
  readonly headingRad: number;
  readonly walkedM: number;
  readonly moving: boolean;
}

/**
 * Follows straight legs at constant speed between waypoints in order of time.
 *
 * @returns undefined before the first waypoint and from the last one on
 */
export function follow(route: readonly Waypoint[], timeS: number): Progress | undefined {
  let walkedM = 0;
  let headingRad = 0;
  for (const [index, leg] of route.entries()) {
    const next = route[index + 1];
    if (next === undefined || timeS < leg.timeS) return undefined;
    const [dx, dz] = [next.x - leg.x, next.z - leg.z];
    const lengthM = Math.hypot(dx, dz);
    if (lengthM > 0) headingRad = Math.atan2(dz, dx);
    if (timeS < next.timeS) {
      const share = (timeS - leg.timeS) / (next.timeS - leg.timeS);
      return {
        at: { x: leg.x + dx * share, z: leg.z + dz * share },
        headingRad,
        walkedM: walkedM + lengthM * share,
        moving: lengthM > 0,
      };
    }
    walkedM += lengthM;
  }
  return undefined;
}
