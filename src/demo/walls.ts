import { fillBall, fillPolygon, strokeLine, type Brush } from './brush.js';
import { css, lit } from './colour.js';
import { vec, type Vec3 } from './perspective.js';
import { between, seededRandom } from '../random.js';
import type { Wall } from './scene.js';

const WINDOW_EVERY_M = 3.2;
const COURSE_M = 0.3;
const PIECE_M = 2;

/** A wall's own coordinates: metres along its foot, and metres up. */
type WallPoint = (along: number, up: number) => Vec3;

/** Paints a wall with its finish. */
export function paintWall(brush: Brush, wall: Wall, seed: number): void {
  const [dx, dz] = [wall.to.x - wall.from.x, wall.to.z - wall.from.z];
  const lengthM = Math.hypot(dx, dz);
  const point: WallPoint = (along, up) =>
    vec(wall.from.x + (dx * along) / lengthM, up, wall.from.z + (dz * along) / lengthM);
  rectangle(brush, point, [0, lengthM], [0, wall.heightM], css(wall.colour));
  switch (wall.finish) {
    case 'hedge':
      paintHedge(brush, wall, point, lengthM, seed);
      return;
    case 'gateway':
      rectangle(
        brush,
        point,
        [lengthM * 0.22, lengthM * 0.78],
        [0, wall.heightM * 0.72],
        css(lit(wall.colour, 0.22)),
      );
      return;
    case 'brick':
      for (let up = COURSE_M; up < wall.heightM; up += COURSE_M) {
        line(brush, point, [0, lengthM], [up, up], css(lit(wall.colour, 0.86)));
      }
      paintWindows(brush, wall, point, lengthM);
      break;
    case 'plaster':
      paintWindows(brush, wall, point, lengthM);
      break;
  }
  rectangle(brush, point, [0, lengthM], [0, 0.35], css(lit(wall.colour, 0.72)));
}

function rectangle(
  brush: Brush,
  point: WallPoint,
  along: [number, number],
  up: [number, number],
  style: string,
): void {
  const [left, right] = along;
  const [low, high] = up;
  fillPolygon(brush, [point(left, low), point(right, low), point(right, high), point(left, high)], style);
}

/** In short pieces, so that one behind the camera does not take the rest of the line with it. */
function line(
  brush: Brush,
  point: WallPoint,
  along: [number, number],
  up: [number, number],
  style: string,
): void {
  for (let from = along[0]; from < along[1]; from += PIECE_M) {
    const to = Math.min(along[1], from + PIECE_M);
    strokeLine(brush, point(from, up[0]), point(to, up[1]), 0.02, style);
  }
}

function paintWindows(brush: Brush, wall: Wall, point: WallPoint, lengthM: number): void {
  for (let storey = 1.1; storey + 1.5 < wall.heightM; storey += 3) {
    for (let along = 1.2; along + 1.5 < lengthM; along += WINDOW_EVERY_M) {
      rectangle(
        brush,
        point,
        [along - 0.1, along + 1.5],
        [storey - 0.1, storey + 1.5],
        css(lit(wall.colour, 1.18)),
      );
      rectangle(brush, point, [along, along + 1.4], [storey, storey + 1.4], css([58, 72, 86]));
      rectangle(brush, point, [along, along + 0.66], [storey + 0.5, storey + 1.4], css([92, 112, 128]));
    }
  }
}

function paintHedge(brush: Brush, wall: Wall, point: WallPoint, lengthM: number, seed: number): void {
  const random = seededRandom(seed);
  for (let index = 0; index < lengthM * 14; index++) {
    const up = random() * wall.heightM;
    const light = 0.7 + (0.45 * up) / wall.heightM + between(random, -0.12, 0.12);
    fillBall(brush, point(random() * lengthM, up), between(random, 0.12, 0.26), lit(wall.colour, light));
  }
}
