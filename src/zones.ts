/** Where in its picture a camera is watched: polygons that it is told to watch, and polygons that it is not to. */
import { CELLS } from './vad-model.js';

/** Shares of the picture's width and height from its top left corner, in [0, 1]. */
export type Point = [x: number, y: number];

export interface Polygon {
  /** Corners in order, three at least; the last is joined to the first. */
  points: readonly Point[];
}

/** Polygons by the name that events give. */
export type Zones = Readonly<Record<string, Polygon>>;

/** The cells whose middle lies inside. What a polygon that crosses itself goes around twice is outside of it. */
export function cellsInside(polygon: Polygon): number[] {
  return allCells.filter((cell) => isInside(polygon, middleOf(cell)));
}

/**
 * The cells that count: those of any zone, or all of them when there is none, but never one of a mask. float32
 * [24, 24], 1 where a cell counts and 0 elsewhere.
 */
export function activeCells(zones: Zones, masks: readonly Polygon[]): Float32Array {
  const polygons = Object.values(zones);
  const watched = polygons.length === 0 ? allCells : polygons.flatMap(cellsInside);
  const active = new Float32Array(CELLS.count);
  for (const cell of watched) active[cell] = 1;
  for (const cell of masks.flatMap(cellsInside)) active[cell] = 0;
  return active;
}

/** Names of the zones that a cell's middle lies in, in the order of the configuration. */
export function zonesOf(cell: number, zones: Zones): string[] {
  return Object.keys(zones).filter((name) => {
    const zone = zones[name];
    return zone !== undefined && isInside(zone, middleOf(cell));
  });
}

const allCells: readonly number[] = Array.from({ length: CELLS.count }, (_, cell) => cell);

function middleOf(cell: number): Point {
  const row = Math.floor(cell / CELLS.columns);
  return [((cell % CELLS.columns) + 0.5) / CELLS.columns, (row + 0.5) / CELLS.rows];
}

/** A ray from a point to the right crosses the outline of what it lies inside an odd number of times. */
function isInside({ points }: Polygon, [x, y]: Point): boolean {
  let inside = false;
  let from = points.at(-1);
  for (const to of points) {
    if (from !== undefined && crossesRay(from, to, x, y)) inside = !inside;
    from = to;
  }
  return inside;
}

function crossesRay(from: Point, to: Point, x: number, y: number): boolean {
  // One end counts and the other does not, so that a ray through a corner is counted once.
  if (from[1] > y === to[1] > y) return false;
  // Always downwards, so that of two areas that share an edge each cell is in one.
  const [[x1, y1], [x2, y2]] = from[1] < to[1] ? [from, to] : [to, from];
  return x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1);
}
