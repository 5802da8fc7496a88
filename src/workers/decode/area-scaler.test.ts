import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AreaScaler, AreaScalers } from './area-scaler.js';

const same = Uint8Array.from({ length: 256 }, (_, level) => level);

function scaled(source: number[], from: [number, number], to: [number, number]): number[] {
  const target = new Uint8Array(to[0] * to[1]);
  const scaler = new AreaScaler({ width: from[0], height: from[1] }, { width: to[0], height: to[1] });
  scaler.scale(Uint8Array.from(source), target, same);
  return [...target];
}

describe('a plane that is made smaller', () => {
  it('has the average of what falls into each pixel', () => {
    expect(scaled([0, 10, 100, 200, 20, 30, 100, 200], [4, 2], [2, 1])).toEqual([15, 150]);
  });

  it('counts a pixel that falls into two by its shares', () => {
    expect(scaled([0, 90, 30], [3, 1], [2, 1])).toEqual([30, 50]);
  });

  it('is unchanged at its own size, and mapped by the levels', () => {
    expect(scaled([1, 2, 3, 4], [2, 2], [2, 2])).toEqual([1, 2, 3, 4]);
    const target = new Uint8Array(1);
    const inverted = same.map((level) => 255 - level);
    new AreaScaler({ width: 2, height: 1 }, { width: 1, height: 1 }).scale(
      Uint8Array.of(10, 20),
      target,
      inverted,
    );
    expect([...target]).toEqual([240]);
  });

  it('of one level stays at it, whatever the sizes', () => {
    const side = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(side, side, side, side, fc.integer({ min: 0, max: 255 }), (w, h, toW, toH, level) => {
        const shown = scaled(
          Array.from({ length: w * h }, () => level),
          [w, h],
          [toW, toH],
        );
        expect(new Set(shown)).toEqual(new Set([level]));
      }),
    );
  });
});

describe('the scalers of a decoder', () => {
  it('are made once a pair of sizes, and no more are kept than said', () => {
    const scalers = new AreaScalers(2);
    const at = (width: number): AreaScaler => scalers.between({ width, height: 4 }, { width: 2, height: 2 });
    const first = at(4);
    expect(at(4)).toBe(first);
    at(6);
    expect(at(4)).toBe(first);
    at(8);
    at(6);
    expect(at(4)).not.toBe(first);
  });
});
