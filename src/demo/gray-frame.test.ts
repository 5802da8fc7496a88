import { expect, it } from 'vitest';
import { toGray } from './gray-frame.js';

it('averages the area that each target pixel covers', () => {
  // Three columns into two: each target takes one column and half of the middle one.
  const rgba = Uint8Array.from([30, 90, 240].flatMap((level) => [level, level, level, 255]));
  expect([...toGray(rgba, { width: 3, height: 1 }, { width: 2, height: 1 })]).toEqual([50, 190]);
});

it('weighs green most and ignores opacity', () => {
  const rgba = Uint8Array.from([0, 255, 0, 0]);
  expect([...toGray(rgba, { width: 1, height: 1 }, { width: 1, height: 1 })]).toEqual([150]);
});
