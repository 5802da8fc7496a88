import { expect, it } from 'vitest';
import { follow } from './route.js';

const route = [
  { timeS: 10, x: 0, z: 0 },
  { timeS: 12, x: 4, z: 0 },
  { timeS: 15, x: 4, z: 0 },
  { timeS: 16, x: 4, z: 3 },
];

it('moves evenly along a leg', () => {
  expect(follow(route, 11)).toEqual({ at: { x: 2, z: 0 }, headingRad: 0, walkedM: 2, moving: true });
});

it('keeps place and heading while it waits', () => {
  expect(follow(route, 13)).toEqual({ at: { x: 4, z: 0 }, headingRad: 0, walkedM: 4, moving: false });
});

it('turns into the next leg', () => {
  expect(follow(route, 15.5)?.headingRad).toBeCloseTo(Math.PI / 2);
  expect(follow(route, 15.5)?.walkedM).toBeCloseTo(5.5);
});

it('is nowhere before the first waypoint and from the last one on', () => {
  expect(follow(route, 9.9)).toBeUndefined();
  expect(follow(route, 16)).toBeUndefined();
});
