import type { Flame, Smoke } from './actors.js';
import { fillBall, type Brush } from './brush.js';
import { css, lit, type Colour } from './colour.js';

const steam: Colour = [214, 214, 218];
const fire: Colour = [244, 132, 36];
const fireCore: Colour = [255, 232, 150];

/** Paints a fire and the cloud over it. */
export function paintSmoke(brush: Brush, smoke: Smoke): void {
  for (const flame of smoke.flames) {
    fillFlame(brush, flame, 1, css(fire, 0.92));
    fillFlame(brush, flame, 0.68, css(fireCore, 0.95));
  }
  for (const { centre, radiusM, opacity, shade } of smoke.puffs) {
    fillBall(brush, centre, radiusM, lit(steam, 0.3 + 0.7 * shade), { opacity, soft: true });
  }
}

/** A teardrop on its foot, shrunk towards it by `size`. */
function fillFlame({ ctx, camera }: Brush, { foot, tip, widthM }: Flame, size: number, style: string): void {
  const low = camera.project(foot);
  const high = camera.project(tip);
  if (low === undefined || high === undefined) return;
  const half = (widthM * low.scale * size) / 2;
  const [topX, topY] = [low.x + (high.x - low.x) * size, low.y + (high.y - low.y) * size];
  const bellyY = low.y + (topY - low.y) * 0.35;
  ctx.beginPath();
  ctx.moveTo(low.x - half * 0.6, low.y);
  ctx.bezierCurveTo(low.x - half * 2, bellyY, topX - half * 0.3, bellyY, topX, topY);
  ctx.bezierCurveTo(topX + half * 0.3, bellyY, low.x + half * 2, bellyY, low.x + half * 0.6, low.y);
  ctx.closePath();
  ctx.fillStyle = style;
  ctx.fill();
}
