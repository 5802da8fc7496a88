import { describe, expect, it } from 'vitest';
import { newGrid, type CellGrid } from './cell-grid.js';
import { Standstill } from './standstill.js';

const STEP_S = 0.2;
const CELL = 300;

const showing = (difference: number): CellGrid => newGrid().fill(difference, CELL, CELL + 1);

/** Shows a difference for so many seconds; the seconds that the cell tells then. */
function show(standstill: Standstill, difference: number, seconds: number): number {
  let told = NaN;
  for (let step = 0; step < Math.round(seconds / STEP_S); step += 1) {
    told = standstill.after(showing(difference), STEP_S)[CELL] ?? NaN;
  }
  return told;
}

function watching(): Standstill {
  const standstill = new Standstill();
  show(standstill, 0, 3);
  return standstill;
}

describe('a standstill', () => {
  it('lasts as long as something stands there unchanged, up to 12 s', () => {
    const standstill = watching();
    expect(show(standstill, 40, 5)).toBeCloseTo(4.8, 1);
    expect(show(standstill, 40, 30)).toBe(12);
  });

  it('goes on behind somebody who walks past, and ends when what stood there is gone', () => {
    const standstill = watching();
    show(standstill, 40, 3);
    show(standstill, -20, 0.6);
    expect(show(standstill, 40, 1)).toBeGreaterThan(3.5);
    expect(show(standstill, 0, 2)).toBe(0);
  });

  it('is none of a crowd whose every step changes the cell', () => {
    const standstill = watching();
    const told = Array.from({ length: 50 }, (_, i) => show(standstill, 20 + 10 * (i % 4), 0.4));
    expect(Math.max(...told)).toBeLessThan(1);
  });

  it('is none where the place was never seen empty, nor of what hardly differs', () => {
    expect(show(new Standstill(), 40, 10)).toBe(0);
    expect(show(watching(), 8, 10)).toBe(0);
  });

  it('is forgotten with the background', () => {
    const standstill = watching();
    show(standstill, 40, 5);
    standstill.restart();
    expect(show(standstill, 40, 5)).toBe(0);
  });
});
