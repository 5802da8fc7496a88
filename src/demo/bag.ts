import type { Bag } from './actors.js';
import { fillSolid, strokeLine, type Brush, type Solid } from './brush.js';
import { css, type Colour } from './colour.js';
import { vec } from './perspective.js';

const leather: Colour = [126, 34, 30];
const handle: Colour = [40, 20, 18];

/** The body of a suitcase, without its handle. */
export const bagSolid = ({ at, liftM }: Bag): Solid => ({
  base: vec(at.x, liftM, at.z),
  size: vec(0.62, 0.62, 0.28),
  headingRad: 0,
});

/** Paints a suitcase. */
export function paintBag(brush: Brush, bag: Bag): void {
  const solid = bagSolid(bag);
  fillSolid(brush, solid, leather);
  const { x, z } = bag.at;
  const top = bag.liftM + solid.size.y;
  strokeLine(brush, vec(x - 0.12, top + 0.1, z), vec(x + 0.12, top + 0.1, z), 0.05, css(handle));
}
