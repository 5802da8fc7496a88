import { createCanvas, type Canvas, type SKRSContext2D } from '@napi-rs/canvas';
import { fillPolygon, strokeLine, type Brush } from './brush.js';
import { css, lit } from './colour.js';
import { paintFurniture } from './furniture.js';
import { vec, type PerspectiveCamera, type Vec3, type Viewport } from './perspective.js';
import { between, seededRandom, type Random } from '../random.js';
import type { Furniture, Scene, Site, Wall } from './scene.js';
import { paintWall } from './walls.js';

const GROUND_REACH_M = 90;
const KERB_M = 0.22;
/** Grey levels of static grain: enough to look like a surface, little enough to compress well. */
const GRAIN = 4;

/** Paints what stands still, once for all frames of a scene. */
export function paintBackdrop(scene: Scene, camera: PerspectiveCamera): Canvas {
  const { width, height } = camera.viewport;
  const canvas = createCanvas(width, height);
  const ctx = canvas.getContext('2d');
  const brush: Brush = { ctx, camera };
  const random = seededRandom(scene.seed);
  const { site } = scene;

  const sky = ctx.createLinearGradient(0, 0, 0, height * 0.6);
  sky.addColorStop(0, css(site.light.skyTop));
  sky.addColorStop(1, css(site.light.skyBottom));
  ctx.fillStyle = sky;
  ctx.fillRect(0, 0, width, height);

  paintGround(brush, site, random);
  paintWalkway(brush, site, random);
  paintStanding(brush, site, scene.seed);
  addGrain(ctx, camera.viewport, random);
  addVignette(ctx, camera.viewport);
  return canvas;
}

function flat(x: readonly [number, number], z: readonly [number, number]): Vec3[] {
  return [vec(x[0], 0, z[0]), vec(x[1], 0, z[0]), vec(x[1], 0, z[1]), vec(x[0], 0, z[1])];
}

function paintGround(brush: Brush, site: Site, random: Random): void {
  const { colour, finish } = site.ground;
  const reach = [-GROUND_REACH_M, GROUND_REACH_M] as const;
  fillPolygon(brush, flat(reach, reach), css(colour));
  for (let index = 0; index < 12000; index++) {
    const x = between(random, -18, 24);
    const z = between(random, -9, 12);
    const tall = finish === 'grass' ? between(random, 0.05, 0.16) : 0.01;
    const blade = css(lit(colour, between(random, 0.78, 1.18)));
    strokeLine(brush, vec(x, 0, z), vec(x + between(random, -0.05, 0.05), tall, z), 0.05, blade);
  }
}

function paintWalkway(brush: Brush, site: Site, random: Random): void {
  const { halfWidthM, halfLengthM, tileM, colour } = site.walkway;
  const length = [-halfLengthM, halfLengthM] as const;
  // The joints are what shows between the tiles of the next step.
  fillPolygon(brush, flat(length, [-halfWidthM, halfWidthM]), css(lit(colour, 0.82)));
  const rows = Math.max(1, Math.round((2 * halfWidthM) / tileM));
  const rowM = (2 * halfWidthM) / rows;
  const joint = 0.035;
  for (let row = 0; row < rows; row++) {
    const z = -halfWidthM + row * rowM;
    for (let x = -halfLengthM + (row % 2) * (tileM / 2); x < halfLengthM; x += tileM * 1.5) {
      const tile = flat(
        [x + joint, Math.min(halfLengthM, x + tileM * 1.5) - joint],
        [z + joint, z + rowM - joint],
      );
      fillPolygon(brush, tile, css(lit(colour, between(random, 0.95, 1.05))));
    }
  }
  for (const side of [-1, 1]) {
    const edge = side * halfWidthM;
    fillPolygon(brush, flat(length, [edge, edge + side * KERB_M]), css(site.kerb));
    fillPolygon(
      brush,
      flat(length, [edge + side * KERB_M, edge + side * (KERB_M + 0.06)]),
      css(lit(site.kerb, 0.6)),
    );
  }
}

/** Walls and furniture, farthest first. */
function paintStanding(brush: Brush, site: Site, seed: number): void {
  const depthOfWall = ({ from, to }: Wall): number =>
    brush.camera.depthOf(vec((from.x + to.x) / 2, 0, (from.z + to.z) / 2));
  const depthOfPiece = ({ at }: Furniture): number => brush.camera.depthOf(vec(at.x, 0, at.z));
  // Furniture stands in front of walls, whatever the depth of a long wall's middle says.
  for (const wall of site.walls.toSorted((a, b) => depthOfWall(b) - depthOfWall(a)))
    paintWall(brush, wall, seed);
  for (const piece of site.furniture.toSorted((a, b) => depthOfPiece(b) - depthOfPiece(a))) {
    paintFurniture(brush, piece, site.light, seed);
  }
}

function addGrain(ctx: SKRSContext2D, { width, height }: Viewport, random: Random): void {
  const image = ctx.getImageData(0, 0, width, height);
  for (let offset = 0; offset < image.data.length; offset += 4) {
    const grain = (random() + random() - 1) * GRAIN;
    for (let channel = offset; channel < offset + 3; channel++) {
      image.data[channel] = (image.data[channel] ?? 0) + grain;
    }
  }
  ctx.putImageData(image, 0, 0);
}

function addVignette(ctx: SKRSContext2D, { width, height }: Viewport): void {
  const fade = ctx.createRadialGradient(
    width / 2,
    height / 2,
    height * 0.45,
    width / 2,
    height / 2,
    width * 0.62,
  );
  fade.addColorStop(0, css([0, 0, 0], 0));
  fade.addColorStop(1, css([0, 0, 0], 0.3));
  ctx.fillStyle = fade;
  ctx.fillRect(0, 0, width, height);
}
