import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../random.js';
import { fitTail, levelPassed, passesPerDay, returnLevel, withoutStrange } from './tail.js';

const BLOCK_S = 5;

function exponential(count: number, scale: number, seed: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => -scale * Math.log(1 - random()));
}

describe('the tail of ordinary scores', () => {
  it('finds scale and shape of what falls exponentially', () => {
    const { scale, shape } = fitTail(exponential(20_000, 2, 1), BLOCK_S);
    expect(scale).toBeGreaterThan(1.8);
    expect(scale).toBeLessThan(2.2);
    expect(Math.abs(shape)).toBeLessThan(0.05);
  });

  it('gives scores that end somewhere a negative shape', () => {
    const random = seededRandom(2);
    expect(fitTail(Array.from({ length: 2_000 }, random), BLOCK_S).shape).toBeLessThan(-0.3);
  });

  it('gives a level that fresh ordinary scores pass about as often as was asked', () => {
    const perDay = 200;
    const { level } = levelPassed(exponential(2_000, 1, 3), BLOCK_S, perDay, seededRandom(1));
    const days = 20;
    const fresh = exponential((days * 86_400) / BLOCK_S, 1, 4);
    const passed = fresh.filter((score) => score > level).length / days;
    expect(passed).toBeGreaterThan(perDay / 3);
    expect(passed).toBeLessThan(perDay * 3);
  });

  it('is surer of its level with more footage', () => {
    const width = (count: number): number => {
      const { low, high } = levelPassed(exponential(count, 1, 5), BLOCK_S, 1, seededRandom(1));
      return high - low;
    };
    expect(width(2_000)).toBeLessThan(width(40) / 2);
  });

  it('puts the level the higher, the fewer false alarms are allowed', () => {
    const maxima = fc.array(fc.double({ min: 0, max: 50, noNaN: true }), { minLength: 4, maxLength: 100 });
    fc.assert(
      fc.property(maxima, fc.double({ min: 0.1, max: 1_000, noNaN: true }), (values, perDay) => {
        const tail = fitTail(values, BLOCK_S);
        expect(returnLevel(tail, perDay)).toBeGreaterThanOrEqual(returnLevel(tail, perDay * 2) - 1e-9);
        expect(Number.isFinite(returnLevel(tail, perDay))).toBe(true);
      }),
    );
  });

  it('passes each of its levels as often as that level is made for, and lower ones more often', () => {
    const maxima = fc.array(fc.double({ min: 0, max: 50, noNaN: true }), { minLength: 4, maxLength: 100 });
    fc.assert(
      fc.property(maxima, fc.double({ min: 0.1, max: 20, noNaN: true }), (values, perDay) => {
        const tail = fitTail(values, BLOCK_S);
        const level = returnLevel(tail, perDay);
        expect(passesPerDay(tail, level) / perDay).toBeCloseTo(1, 3);
        expect(passesPerDay(tail, level - 1)).toBeGreaterThan(perDay);
      }),
    );
  });

  it('goes by its prior where there is hardly a score', () => {
    const { level } = levelPassed([3, 3, 3, 3], BLOCK_S, 1, seededRandom(1));
    expect(level).toBeGreaterThan(6);
    expect(level).toBeLessThan(20);
  });

  it('is not lengthened by a few scores that are strange to all others', () => {
    const ordinary = exponential(200, 1, 6);
    const level = (maxima: readonly number[]): number =>
      levelPassed(withoutStrange(maxima, BLOCK_S), BLOCK_S, 1, seededRandom(1)).level;
    expect(level([...ordinary, 60, 70, 80, 90]) / level(ordinary)).toBeCloseTo(1, 1);
    expect(withoutStrange(ordinary, BLOCK_S).length).toBeGreaterThan(197);
  });
});
