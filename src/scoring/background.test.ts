import { describe, expect, it } from 'vitest';
import { Background } from './background.js';
import { newGrid, type CellGrid } from './cell-grid.js';

const STEP_S = 0.2;
const scene = (): CellGrid => newGrid().map((_, cell) => 60 + (cell % 50));

/** Shows pictures of so many seconds; what stood in front of the background in the last of them. */
function show(background: Background, picture: CellGrid, seconds: number): CellGrid | null {
  let difference: CellGrid | null = null;
  for (let s = 0; s < seconds; s += STEP_S) difference = background.difference(picture, STEP_S);
  return difference;
}

/** A background that has seen the scene for so many seconds. */
function backgroundOf(seconds: number): Background {
  const background = new Background();
  show(background, scene(), seconds);
  return background;
}

/** The scene with something in one cell. */
function occupied(): CellGrid {
  const picture = scene();
  picture[100] = (picture[100] ?? 0) + 40;
  return picture;
}

describe('a background', () => {
  it('is not known for the first eight seconds', () => {
    const background = new Background();
    expect(show(background, scene(), 7)).toBeNull();
    expect(show(background, scene(), 2)).not.toBeNull();
  });

  it('finds what stands in front of it, by how much it differs', () => {
    const foreground = show(backgroundOf(20), occupied(), STEP_S);
    expect(foreground?.[100]).toBeCloseTo(40, 0);
    expect(foreground?.[101]).toBeCloseTo(0, 3);
  });

  it('does not take a change of all light for something', () => {
    const darker = scene().map((gray) => gray - 25);
    expect(Math.max(...(show(backgroundOf(20), darker, STEP_S) ?? [NaN]))).toBeLessThan(1e-3);
  });

  it('keeps what stays for a minute, and takes it for background after minutes', () => {
    const background = backgroundOf(20);
    expect(show(background, occupied(), 60)?.[100]).toBeGreaterThan(20);
    expect(show(background, occupied(), 300)?.[100]).toBeLessThan(1);
  });

  it('holds nothing of somebody who stood there for a part of its first seconds', () => {
    const background = new Background();
    show(background, occupied(), 3);
    show(background, scene(), 6);
    expect(show(background, scene(), STEP_S)?.[100]).toBeLessThan(1);
  });

  it('begins anew in another light when it is told to', () => {
    const background = backgroundOf(20);
    const brighter = scene().map((gray) => 1.5 * gray);
    expect(Math.max(...(show(background, brighter, STEP_S) ?? [NaN]))).toBeGreaterThan(5);
    background.restart();
    expect(show(background, brighter, 1)).toBeNull();
    expect(Math.max(...(show(background, brighter, 8) ?? [NaN]))).toBeLessThan(1);
  });
});
