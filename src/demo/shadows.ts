import type { Actor } from './actors.js';
import { bagSolid } from './bag.js';
import { corners, fillPolygon, strokeLine, type Brush, type Solid } from './brush.js';
import { css } from './colour.js';
import { skeleton } from './figure.js';
import { vec, type GroundPoint, type Vec3 } from './perspective.js';
import { vehicleSolids } from './vehicle.js';

const black = css([0, 0, 0]);

/**
 * Paints the shadow of an actor in opaque black; the caller blends all shadows at once, so that overlapping
 * ones do not darken twice.
 *
 * @param perMetre - ground offset in metres of the shadow of a point one metre up
 */
export function paintShadow(brush: Brush, actor: Actor, perMetre: GroundPoint): void {
  const onGround = ({ x, y, z }: Vec3): Vec3 => vec(x + y * perMetre.x, 0, z + y * perMetre.z);
  switch (actor.type) {
    case 'person':
      for (const { from, to, widthM } of skeleton(actor.look, actor.stance)) {
        strokeLine(brush, onGround(from), onGround(to), widthM * 0.8, css([0, 0, 0], actor.opacity));
      }
      return;
    case 'vehicle':
      for (const solid of vehicleSolids(actor)) paintBoxShadow(brush, solid, onGround);
      return;
    case 'bag':
      fillPolygon(brush, corners(bagSolid(actor)).slice(0, 4).map(onGround), black);
      return;
    case 'smoke':
      return;
  }
}

/** The hull of the shadows of floor and roof, as the strips that sweep from one to the other. */
function paintBoxShadow(brush: Brush, solid: Solid, onGround: (point: Vec3) => Vec3): void {
  const cast = corners(solid).map(onGround);
  const [floor, roof] = [cast.slice(0, 4), cast.slice(4)];
  for (const index of floor.keys()) {
    const next = (index + 1) % 4;
    const strip = [floor[index], floor[next], roof[next], roof[index]];
    fillPolygon(
      brush,
      strip.filter((point) => point !== undefined),
      black,
    );
  }
  fillPolygon(brush, floor, black);
  fillPolygon(brush, roof, black);
}
