import { expect, it } from 'vitest';
import { quantileOf, type Latency } from './latency.js';

const latency: Latency = [
  { ms: 10, share: 0.2 },
  { ms: 100, share: 0.9 },
  { ms: 200, share: 0.95 },
];

it('lies at the edge of a bucket that holds just as many, and between its edges otherwise', () => {
  expect(quantileOf(latency, 0.95)).toBe(200);
  expect(quantileOf(latency, 0.9)).toBe(100);
  expect(quantileOf(latency, 0.55)).toBeCloseTo(55);
});

it('is not known where nothing was measured, and no less than the last bucket beyond it', () => {
  expect(quantileOf([], 0.5)).toBeNaN();
  expect(quantileOf([{ ms: 10, share: 0 }], 0.5)).toBeNaN();
  expect(quantileOf(latency, 0.99)).toBe(200);
});
