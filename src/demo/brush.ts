import type { SKRSContext2D } from '@napi-rs/canvas';
import { css, lit, type Colour } from './colour.js';
import { vec, type PerspectiveCamera, type Vec3 } from './perspective.js';

/** A pen that draws world geometry through a camera. */
export interface Brush {
  readonly ctx: SKRSContext2D;
  readonly camera: PerspectiveCamera;
}

/** An upright box on the ground or above it; turned about the vertical by `headingRad`. */
export interface Solid {
  readonly base: Vec3;
  /** Along the heading, upwards, and across; metres. */
  readonly size: Vec3;
  readonly headingRad: number;
}

/** Fills a convex polygon of world points. */
export function fillPolygon({ ctx, camera }: Brush, points: readonly Vec3[], style: string): void {
  const outline = camera.projectPolygon(points);
  if (outline.length < 3) return;
  ctx.beginPath();
  for (const { x, y } of outline) ctx.lineTo(x, y);
  ctx.closePath();
  ctx.fillStyle = style;
  ctx.fill();
}

/** Strokes a round-ended line between two world points; its width is that of its middle. */
export function strokeLine(
  { ctx, camera }: Brush,
  from: Vec3,
  to: Vec3,
  widthM: number,
  style: string,
): void {
  const start = camera.project(from);
  const end = camera.project(to);
  if (start === undefined || end === undefined) return;
  ctx.beginPath();
  ctx.moveTo(start.x, start.y);
  ctx.lineTo(end.x, end.y);
  ctx.lineCap = 'round';
  ctx.lineWidth = Math.max(0.6, (widthM * (start.scale + end.scale)) / 2);
  ctx.strokeStyle = style;
  ctx.stroke();
}

/** Fills a ball that fades from its centre outwards when `soft`. */
export function fillBall(
  { ctx, camera }: Brush,
  centre: Vec3,
  radiusM: number,
  colour: Colour,
  { opacity = 1, soft = false } = {},
): void {
  const middle = camera.project(centre);
  if (middle === undefined) return;
  const radius = radiusM * middle.scale;
  ctx.beginPath();
  ctx.arc(middle.x, middle.y, radius, 0, 2 * Math.PI);
  if (soft) {
    const fade = ctx.createRadialGradient(middle.x, middle.y, 0, middle.x, middle.y, radius);
    fade.addColorStop(0, css(colour, opacity));
    fade.addColorStop(0.6, css(colour, opacity * 0.75));
    fade.addColorStop(1, css(colour, 0));
    ctx.fillStyle = fade;
  } else {
    ctx.fillStyle = css(colour, opacity);
  }
  ctx.fill();
}

/** Turns the solid's own coordinates (ahead, up, left; from its base centre, in metres) into world points. */
export function solidPoint({ base, headingRad }: Solid): (ahead: number, up: number, left: number) => Vec3 {
  const [cos, sin] = [Math.cos(headingRad), Math.sin(headingRad)];
  return (ahead, up, left) =>
    vec(base.x + ahead * cos - left * sin, base.y + up, base.z + ahead * sin + left * cos);
}

/** The eight corners of a solid, the lower four first. */
export function corners(solid: Solid): Vec3[] {
  const point = solidPoint(solid);
  const [ahead, up, left] = [solid.size.x / 2, solid.size.y, solid.size.z / 2];
  return [0, up].flatMap((height) => [
    point(ahead, height, left),
    point(ahead, height, -left),
    point(-ahead, height, -left),
    point(-ahead, height, left),
  ]);
}

/** Light on the faces of a solid: the top is brightest, the ends are darkest. */
const faceLight = { top: 1.12, side: 0.92, end: 0.76 } as const;

/** Fills those faces of a solid that look at the camera. */
export function fillSolid(brush: Brush, solid: Solid, colour: Colour): void {
  const point = solidPoint(solid);
  const [ahead, up, left] = [solid.size.x / 2, solid.size.y, solid.size.z / 2];
  const middle = point(0, up / 2, 0);
  const face = (centre: Vec3, outline: readonly Vec3[], light: number): void => {
    const normal = vec(centre.x - middle.x, centre.y - middle.y, centre.z - middle.z);
    if (brush.camera.faces(centre, normal)) fillPolygon(brush, outline, css(lit(colour, light)));
  };
  for (const sign of [1, -1]) {
    const [a, l] = [ahead * sign, left * sign];
    face(
      point(a, up / 2, 0),
      [point(a, 0, left), point(a, up, left), point(a, up, -left), point(a, 0, -left)],
      faceLight.end,
    );
    face(
      point(0, up / 2, l),
      [point(ahead, 0, l), point(ahead, up, l), point(-ahead, up, l), point(-ahead, 0, l)],
      faceLight.side,
    );
  }
  face(
    point(0, up, 0),
    [point(ahead, up, left), point(ahead, up, -left), point(-ahead, up, -left), point(-ahead, up, left)],
    faceLight.top,
  );
}
