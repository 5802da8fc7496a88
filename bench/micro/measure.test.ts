import { describe, expect, it } from 'vitest';
import { interleaved, ratioOf, type Comparison } from './measure.js';

const comparison = (given: Partial<Comparison>): Comparison => ({
  name: 'reading',
  unit: 'ms',
  better: 'lower',
  ours: [1],
  baseline: [2],
  target: 0.8,
  ...given,
});

describe('a ratio', () => {
  it('is the median over the rounds, so that one disturbed round changes nothing', () => {
    const { ours, baseline, ratio } = ratioOf(
      comparison({ ours: [1, 1, 90, 1.2, 0.8], baseline: [2, 2, 2, 2, 2] }),
    );
    expect({ ours, baseline, ratio }).toEqual({ ours: 1, baseline: 2, ratio: 0.5 });
  });

  it('compares within a round: a machine that slows down slows both', () => {
    expect(ratioOf(comparison({ ours: [1, 10, 100], baseline: [2, 20, 200] })).ratio).toBe(0.5);
  });

  it.each([
    ['lower', 0.4, false],
    ['lower', 0.5, true],
    ['lower', null, null],
    ['higher', 0.5, true],
    ['higher', 0.6, false],
  ] as const)('where %s is better and %s the target, holds: %s', (better, target, holds) => {
    const ratio = ratioOf(comparison({ better, target }));
    expect(ratio.holds).toBe(holds);
    expect(ratio.name).toBe(`reading, ms (${better} is better)`);
  });
});

describe('ways that take turns', () => {
  it('each come first in every other round, and the first round does not count', async () => {
    const order: string[] = [];
    let turn = 0;
    const way = (name: string) => () => {
      order.push(name);
      turn += 1;
      return Promise.resolve(turn);
    };
    const figures = await interleaved(2, { ours: way('ours'), baseline: way('baseline') });
    expect(order).toEqual(['ours', 'baseline', 'baseline', 'ours', 'ours', 'baseline']);
    expect(figures).toEqual({ ours: [4, 5], baseline: [3, 6] });
  });
});
