import { describe, expect, it } from 'vitest';
import { visibleShare } from './visibility.js';

const SIZE = { width: 40, height: 20 };

/** RGBA of one gray, with a bright rectangle where `inside` says. */
function frame(inside: (x: number, y: number) => boolean, bright: number): Uint8Array {
  const pixels = new Uint8Array(SIZE.width * SIZE.height * 4).fill(100);
  for (let y = 0; y < SIZE.height; y++) {
    for (let x = 0; x < SIZE.width; x++) {
      if (inside(x, y)) pixels.fill(bright, (y * SIZE.width + x) * 4, (y * SIZE.width + x) * 4 + 3);
    }
  }
  return pixels;
}

const empty = frame(() => false, 0);
const box = [0.25, 0.25, 0.5, 0.5] as const;
const everywhere = [0, 0, 1, 1] as const;
const isInBox = (x: number, y: number): boolean => x >= 10 && x < 30 && y >= 5 && y < 15;

describe('how much shows of something', () => {
  it('is what differs from the picture without it, within its box', () => {
    expect(visibleShare(frame(isInBox, 200), empty, SIZE, box, everywhere)).toBe(0.25);
    expect(
      visibleShare(
        frame(() => true, 200),
        empty,
        SIZE,
        box,
        everywhere,
      ),
    ).toBe(0.25);
  });

  it('counts only what lies in the region', () => {
    expect(visibleShare(frame(isInBox, 200), empty, SIZE, box, [0.5, 0, 0.5, 1])).toBe(0.125);
  });

  it('does not count what is hidden, or of the colour of the ground', () => {
    expect(visibleShare(empty, empty, SIZE, box, everywhere)).toBe(0);
    expect(visibleShare(frame(isInBox, 110), empty, SIZE, box, everywhere)).toBe(0);
  });
});
