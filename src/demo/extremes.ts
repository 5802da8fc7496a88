import type { Actor } from './actors.js';
import { bagSolid } from './bag.js';
import { corners } from './brush.js';
import { skeleton } from './figure.js';
import { vec, type Vec3 } from './perspective.js';
import { vehicleSolids } from './vehicle.js';

/** World points whose bounding box is that of the actor. */
export function extremes(actor: Actor): Vec3[] {
  switch (actor.type) {
    case 'person':
      return skeleton(actor.look, actor.stance).flatMap(({ from, to }) => [from, to]);
    case 'vehicle':
      return vehicleSolids(actor).flatMap(corners);
    case 'bag':
      return corners(bagSolid(actor));
    case 'smoke':
      return actor.puffs.flatMap(({ centre: { x, y, z }, radiusM }) => [
        vec(x - radiusM, y, z),
        vec(x + radiusM, y, z),
        vec(x, y + radiusM, z),
        vec(x, Math.max(0, y - radiusM), z),
      ]);
  }
}
