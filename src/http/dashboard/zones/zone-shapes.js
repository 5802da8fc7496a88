/**
 * The zones and masks of a camera as they are drawn: `{kind, name, points}`, where a mask has no name, and a point is
 * `[x, y]` in shares of the picture's width and height from its top left corner.
 */

/** What the server needs of a polygon at least. */
export const LEAST_POINTS = 3;
/** Shares of a side: finer than any picture. */
const DIGITS = 4;

export function shapesOf({ zones, masks }) {
  return [
    ...Object.entries(zones).map(([name, { points }]) => ({ kind: 'zone', name, points })),
    ...masks.map(({ points }) => ({ kind: 'mask', name: '', points })),
  ];
}

/** What makes a camera, as it is now, have these shapes: a JSON merge patch. */
export function patchOf(shapes, camera) {
  const zones = shapes.filter(({ kind }) => kind === 'zone');
  const masks = shapes.filter(({ kind }) => kind === 'mask').map(({ points }) => ({ points }));
  const gone = Object.keys(camera.zones).filter((name) => !zones.some((zone) => zone.name === name));
  return {
    zones: Object.fromEntries([
      ...gone.map((name) => [name, null]),
      ...zones.map(({ name, points }) => [name, { points }]),
    ]),
    masks: masks.length === 0 ? null : masks,
  };
}

/** The name of a mask is its place among them. */
export function titleOf(shape, shapes) {
  if (shape.kind === 'zone') return shape.name === '' ? 'Zone without a name' : shape.name;
  return `Mask ${shapes.filter(({ kind }) => kind === 'mask').indexOf(shape) + 1}`;
}

/** A zone name that is not taken. */
export function freeName(shapes) {
  for (let number = 1; ; number += 1) {
    const name = `zone${number}`;
    if (!shapes.some((shape) => shape.name === name)) return name;
  }
}

/** Two zones of one name would be one zone: the second of them, or undefined. */
export function doublet(shapes) {
  const zones = shapes.filter(({ kind }) => kind === 'zone');
  return zones.find(({ name }, i) => zones.findIndex((other) => other.name === name) < i);
}

/** The nearest point of the picture. */
export function within([x, y]) {
  return [x, y].map((share) => Number(Math.min(1, Math.max(0, share)).toFixed(DIGITS)));
}

/** In the middle of the side that begins with a point. */
export function middleAfter(points, index) {
  const [[x1, y1], [x2, y2]] = [points[index], points[(index + 1) % points.length]];
  return within([(x1 + x2) / 2, (y1 + y2) / 2]);
}
