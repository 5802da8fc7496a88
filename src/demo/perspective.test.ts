import { expect, it } from 'vitest';
import { PerspectiveCamera, vec, type ScreenPoint } from './perspective.js';

const camera = new PerspectiveCamera(
  { position: vec(0, 2, -10), target: vec(0, 2, 0), horizontalFovDeg: 90 },
  { width: 200, height: 100 },
);

it('projects the target to the middle, and halves what is twice as far', () => {
  expectPoint(camera.project(vec(0, 2, 0)), { x: 100, y: 50, scale: 10 });
  expectPoint(camera.project(vec(4, 2, 10)), { x: 120, y: 50, scale: 5 });
});

it('puts what is higher nearer to the top', () => {
  expect(camera.project(vec(0, 4, 0))?.y).toBeCloseTo(30);
});

it('has no image of what is behind it', () => {
  expect(camera.project(vec(0, 2, -11))).toBeUndefined();
});

it('keeps the visible part of a polygon that reaches behind it', () => {
  const floor = [vec(-1, 0, -20), vec(1, 0, -20), vec(1, 0, 0), vec(-1, 0, 0)];
  const outline = camera.projectPolygon(floor);
  expect(outline).toHaveLength(4);
  expect(outline.filter(({ y }) => y > 100)).toHaveLength(2);
});

it('clips a bounding box to the image', () => {
  expect(camera.boundingBox([vec(-30, 1, 0), vec(0, 3, 0)])).toEqual([0, 40, 100, 20]);
  expect(camera.boundingBox([vec(-30, 1, 0), vec(-40, 3, 0)])).toBeUndefined();
});

function expectPoint(point: ScreenPoint | undefined, { x, y, scale }: ScreenPoint): void {
  expect(point?.x).toBeCloseTo(x);
  expect(point?.y).toBeCloseTo(y);
  expect(point?.scale).toBeCloseTo(scale);
}
