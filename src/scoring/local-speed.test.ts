import { describe, expect, it } from 'vitest';
import { BANDS } from './cell-grid.js';
import { localSpeed, pacesOf, type Fastest } from './local-speed.js';

/** A frame in which something goes at `speed` in one band and column, and nothing anywhere else. */
function frameOf(speed: number, band: number, column: number): Fastest[] {
  return Array.from({ length: BANDS }, (_, other) => ({ speed: other === band ? speed : 0, column }));
}

/** People walk on the left of band 6; cars pass on its right. */
const street = [
  [frameOf(5, 6, 4), frameOf(8, 6, 18)],
  [frameOf(6, 6, 5), frameOf(7.5, 6, 17)],
];

describe('a speed for its place', () => {
  const paces = pacesOf(street).all;

  it('is what it is where the like was seen, and higher where only slower things were', () => {
    expect(localSpeed(8, 6, 18, paces)).toBe(8);
    expect(localSpeed(6, 6, 4, paces)).toBe(8);
    expect(localSpeed(8, 6, 4, paces)).toBeCloseTo((8 * 8) / 6, 6);
  });

  it('counts columns nearby as the same place, and those farther off not', () => {
    expect(localSpeed(8, 6, 15, paces)).toBe(8);
    expect(localSpeed(8, 6, 11, paces)).toBe(16);
  });

  it('is no more than twice as high where nobody ever was', () => {
    expect(localSpeed(3, 2, 12, paces)).toBe(6);
  });

  it('judges each block by the others', () => {
    const { others } = pacesOf([...street, [frameOf(8, 6, 4)]]);
    expect(localSpeed(8, 6, 4, others[2] ?? [])).toBeCloseTo((8 * 8) / 6, 6);
    expect(localSpeed(8, 6, 4, others[0] ?? [])).toBe(8);
  });

  it('is what it is while nothing was seen to move', () => {
    const { all, others } = pacesOf([[frameOf(0, 0, 0)]]);
    for (const paces of [all, ...others]) expect(localSpeed(3, 3, 3, paces)).toBe(3);
  });
});
