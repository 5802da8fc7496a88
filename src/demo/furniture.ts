import { fillBall, fillSolid, strokeLine, type Brush } from './brush.js';
import { css, lit, type Colour } from './colour.js';
import { vec, type GroundPoint } from './perspective.js';
import { between, seededRandom, type Random } from '../random.js';
import type { Furniture, Light } from './scene.js';

const bark: Colour = [92, 72, 54];
const leaves: Colour = [74, 112, 58];
const steel: Colour = [86, 90, 96];
const timber: Colour = [142, 104, 68];
const concrete: Colour = [168, 164, 156];

/** Paints one piece of street furniture with its shadow. */
export function paintFurniture(brush: Brush, piece: Furniture, light: Light, seed: number): void {
  const { x, z } = piece.at;
  const random = seededRandom(seed ^ Math.round(x * 977 + z * 131));
  switch (piece.kind) {
    case 'tree':
      paintTree(brush, piece.at, light, random);
      return;
    case 'lamp':
      paintPoleShadow(brush, piece.at, 4.6, light);
      strokeLine(brush, vec(x, 0, z), vec(x, 4.6, z), 0.11, css(steel));
      strokeLine(brush, vec(x, 4.6, z), vec(x + 0.7, 4.75, z), 0.09, css(steel));
      fillSolid(
        brush,
        { base: vec(x + 0.75, 4.62, z), size: vec(0.5, 0.14, 0.22), headingRad: 0 },
        [236, 228, 196],
      );
      return;
    case 'bench':
      for (const leg of [-0.7, 0.7])
        fillSolid(brush, { base: vec(x + leg, 0, z), size: vec(0.08, 0.42, 0.4), headingRad: 0 }, steel);
      fillSolid(brush, { base: vec(x, 0.42, z), size: vec(1.7, 0.07, 0.45), headingRad: 0 }, timber);
      fillSolid(brush, { base: vec(x, 0.6, z + 0.22), size: vec(1.7, 0.3, 0.06), headingRad: 0 }, timber);
      return;
    case 'bin':
      paintPoleShadow(brush, piece.at, 0.95, light, 0.45);
      fillSolid(brush, { base: vec(x, 0, z), size: vec(0.5, 0.95, 0.5), headingRad: 0 }, [52, 84, 66]);
      fillSolid(brush, { base: vec(x, 0.95, z), size: vec(0.56, 0.08, 0.56), headingRad: 0 }, [36, 58, 46]);
      return;
    case 'bollard':
      paintPoleShadow(brush, piece.at, 0.9, light, 0.16);
      strokeLine(brush, vec(x, 0.05, z), vec(x, 0.9, z), 0.17, css(steel));
      strokeLine(brush, vec(x, 0.72, z), vec(x, 0.78, z), 0.18, css([224, 214, 190]));
      return;
    case 'planter':
      paintPoleShadow(brush, piece.at, 0.8, light, 1.1);
      fillSolid(brush, { base: vec(x, 0, z), size: vec(1.5, 0.5, 0.8), headingRad: 0 }, concrete);
      for (let index = 0; index < 14; index++) {
        const bloom = vec(
          x + between(random, -0.65, 0.65),
          0.6 + random() * 0.2,
          z + between(random, -0.3, 0.3),
        );
        fillBall(brush, bloom, 0.2, lit(leaves, between(random, 0.75, 1.3)));
      }
      return;
  }
}

function paintPoleShadow(
  brush: Brush,
  { x, z }: GroundPoint,
  heightM: number,
  light: Light,
  widthM = 0.12,
): void {
  const { shadowPerMetre, shadowOpacity } = light;
  const tip = vec(x + heightM * shadowPerMetre.x, 0, z + heightM * shadowPerMetre.z);
  strokeLine(brush, vec(x, 0, z), tip, widthM, css([0, 0, 0], shadowOpacity));
}

function paintTree(brush: Brush, { x, z }: GroundPoint, light: Light, random: Random): void {
  const crown = 3.4;
  const { shadowPerMetre, shadowOpacity } = light;
  const shade = (share: number): number => (crown + share) * shadowPerMetre.x;
  for (let index = 0; index < 12; index++) {
    const spot = vec(
      x + shade(between(random, -1, 1)),
      0.01,
      z + crown * shadowPerMetre.z + between(random, -0.8, 0.8),
    );
    fillBall(brush, spot, 0.8, [0, 0, 0], { opacity: shadowOpacity * 0.22, soft: true });
  }
  strokeLine(brush, vec(x, 0, z), vec(x, 2.6, z), 0.26, css(bark));
  // Lower clusters first and darker: light comes from above.
  for (let index = 0; index < 46; index++) {
    const share = index / 46;
    const reach = 1.35 * Math.sqrt(1 - (share - 0.35) ** 2 * 1.6);
    const angle = random() * 2 * Math.PI;
    const cluster = vec(
      x + Math.cos(angle) * reach * random(),
      2.2 + share * 2.2,
      z + Math.sin(angle) * reach * random(),
    );
    fillBall(brush, cluster, between(random, 0.38, 0.62), lit(leaves, 0.62 + 0.5 * share + 0.2 * random()));
  }
}
