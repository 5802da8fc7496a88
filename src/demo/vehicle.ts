import type { Vehicle } from './actors.js';
import { fillPolygon, fillSolid, solidPoint, type Brush, type Solid } from './brush.js';
import { css, type Colour } from './colour.js';
import { vec, type Vec3 } from './perspective.js';

const paintwork: Colour = [226, 228, 230];
const livery: Colour = [34, 96, 160];
const glass: Colour = [44, 58, 70];
const tyre: Colour = [24, 24, 26];
const lamp: Colour = [255, 240, 190];

const LENGTH_M = 3.8;
const WIDTH_M = 1.7;
const CLEARANCE_M = 0.25;
const BODY_M = 0.75;
const CABIN_M = 0.95;
const WHEEL_M = 0.33;

const body = ({ at, headingRad }: Vehicle): Solid => ({
  base: vec(at.x, CLEARANCE_M, at.z),
  size: vec(LENGTH_M, BODY_M, WIDTH_M),
  headingRad,
});

/** The upper half is set back from the bonnet. */
function cabin(vehicle: Vehicle): Solid {
  const base = solidPoint(body(vehicle))(-0.4, BODY_M, 0);
  return { base, size: vec(LENGTH_M - 0.9, CABIN_M, WIDTH_M - 0.12), headingRad: vehicle.headingRad };
}

/** The two solids of a van, lower first: their shadows and outlines are those of the van. */
export function vehicleSolids(vehicle: Vehicle): [body: Solid, cabin: Solid] {
  return [body(vehicle), cabin(vehicle)];
}

/** Paints a small delivery van. */
export function paintVehicle(brush: Brush, vehicle: Vehicle): void {
  const [lower, upper] = vehicleSolids(vehicle);
  for (const end of [1, -1]) for (const side of [1, -1]) paintWheel(brush, lower, end, side);
  fillSolid(brush, lower, paintwork);
  fillSolid(brush, upper, paintwork);

  const low = solidPoint(lower);
  const high = solidPoint(upper);
  for (const side of [1, -1]) {
    const flank = (WIDTH_M / 2) * side;
    const outward = direction(low(0, 0, flank), low(0, 0, 0));
    if (!brush.camera.faces(low(0, 0.3, flank), outward)) continue;
    const half = LENGTH_M / 2;
    panel(brush, livery, [
      low(half, 0.28, flank),
      low(half, 0.5, flank),
      low(-half, 0.5, flank),
      low(-half, 0.28, flank),
    ]);
    const pane = ((WIDTH_M - 0.12) / 2) * side;
    panel(brush, glass, [
      high(1.3, 0.12, pane),
      high(1.15, 0.75, pane),
      high(0.2, 0.75, pane),
      high(0.2, 0.12, pane),
    ]);
    paintWheelFace(brush, lower, 1, side);
    paintWheelFace(brush, lower, -1, side);
  }
  paintEnds(brush, lower, upper);
}

function paintEnds(brush: Brush, lower: Solid, upper: Solid): void {
  const low = solidPoint(lower);
  const high = solidPoint(upper);
  for (const end of [1, -1]) {
    const half = (LENGTH_M / 2) * end;
    if (!brush.camera.faces(low(half, 0.3, 0), direction(low(half, 0, 0), low(0, 0, 0)))) continue;
    const shield = (upper.size.x / 2) * end;
    panel(brush, glass, [
      high(shield, 0.1, 0.66),
      high(shield, 0.8, 0.66),
      high(shield, 0.8, -0.66),
      high(shield, 0.1, -0.66),
    ]);
    for (const side of [0.55, -0.55]) {
      const colour: Colour = end === 1 ? lamp : [190, 40, 36];
      panel(brush, colour, [
        low(half, 0.35, side + 0.16),
        low(half, 0.55, side + 0.16),
        low(half, 0.55, side - 0.16),
        low(half, 0.35, side - 0.16),
      ]);
    }
  }
}

function direction(to: Vec3, from: Vec3): Vec3 {
  return vec(to.x - from.x, to.y - from.y, to.z - from.z);
}

function panel(brush: Brush, colour: Colour, outline: readonly Vec3[]): void {
  fillPolygon(brush, outline, css(colour));
}

function disc(solid: Solid, end: number, left: number, radiusM: number): Vec3[] {
  const point = solidPoint(solid);
  return Array.from({ length: 16 }, (_, index) => {
    const angle = (2 * Math.PI * index) / 16;
    return point(
      end * 1.2 + radiusM * Math.cos(angle),
      WHEEL_M - CLEARANCE_M + radiusM * Math.sin(angle),
      left,
    );
  });
}

/** The part of a wheel that shows below the body. */
function paintWheel(brush: Brush, solid: Solid, end: number, side: number): void {
  for (const inset of [0.25, 0.12, 0])
    panel(brush, tyre, disc(solid, end, (WIDTH_M / 2 - inset) * side, WHEEL_M));
}

function paintWheelFace(brush: Brush, solid: Solid, end: number, side: number): void {
  const flank = (WIDTH_M / 2 + 0.01) * side;
  panel(brush, tyre, disc(solid, end, flank, WHEEL_M));
  panel(brush, [150, 152, 156], disc(solid, end, flank, WHEEL_M * 0.5));
}
