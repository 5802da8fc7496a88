import { describe, expect, it } from 'vitest';
import { FakeFrames } from '../../../test/support/fake-frames.js';
import { MONTAGE_SIDE, tiles, type Tile } from '../../verification/montage.js';
import { clipOf } from './clip.js';
import type { DecodedFrame } from '../decode/decoder.js';

const frames = new FakeFrames();
const at = (...seconds: number[]): DecodedFrame[] => seconds.map((each) => frames.at(each * 1e6));

/** Whole frames at 5 FPS up to 10.2 s, and one in 1.5 s before. */
const held = at(2, 3.5, 5, 6.5, 8, 9.5, 9.2, 9.4, 9.6, 9.8, 10, 10.2);
const frame = held[10] ?? frames.at(0);

/** Red, green and blue of the pixel in the middle of a tile. */
function colourOf(ppm: ArrayBuffer | undefined, { x, y, side }: Tile): number[] {
  const bytes = new Uint8Array(ppm ?? new ArrayBuffer(0));
  const pixels = bytes.subarray(bytes.length - MONTAGE_SIDE * MONTAGE_SIDE * 3);
  const start = 3 * ((y + side / 2) * MONTAGE_SIDE + x + side / 2);
  return [...pixels.subarray(start, start + 3)];
}

describe('a clip', () => {
  it('as a montage is one PPM, made of the frame itself and those nearest to the moments before it', () => {
    const clip = clipOf(frame, held, { layout: 'montage' }, null);
    expect(clip.mime).toBe('image/x-portable-pixmap');
    expect(clip.pictures).toHaveLength(1);
    const header = 'P6\n192 192\n255\n';
    expect(Buffer.from(clip.pictures[0] ?? new ArrayBuffer(0), 0, header.length).toString()).toBe(header);
    expect(clip.pictures[0]?.byteLength).toBe(header.length + MONTAGE_SIDE ** 2 * 3);
    expect(clip.secondsBefore).toEqual([6.5, 3.5, 0.4, 0.2, 0].map((s) => expect.closeTo(s, 6) as number));
    // Frames are red alone, by their times; the three of a motion tile are gray.
    const motion = [0.4, 0.2, 0].map((s) => Math.round(0.299 * (100 - 10 * s)));
    expect(tiles.map((tile) => colourOf(clip.pictures[0], tile))).toEqual([
      motion,
      [35, 0, 0],
      [65, 0, 0],
      [100, 0, 0],
      motion,
      [100, 0, 0],
    ]);
  });

  it('lets the oldest frame stand for those before it, and the frame itself for all when it is alone', () => {
    const young = clipOf(frame, at(9.5, 10), { layout: 'montage' }, null);
    expect(young.secondsBefore).toEqual([0.5, 0.5, 0.5, 0, 0]);
    expect(clipOf(frame, [frame], { layout: 'montage' }, null).secondsBefore).toEqual([0, 0, 0, 0, 0]);
  });

  it.each([
    [1, [0]],
    [2, [0.4, 0]],
    [3, [3.5, 0.4, 0]],
    [4, [6.5, 3.5, 0.4, 0]],
  ])('of %i frames shows those that matter most, the oldest first: %j', (count, secondsBefore) => {
    const clip = clipOf(frame, held, { layout: 'frames', count, width: 640 }, null);
    expect(clip.mime).toBe('image/jpeg');
    expect(clip.secondsBefore).toEqual(secondsBefore.map((s) => expect.closeTo(s, 6) as number));
    const shades = clip.pictures.map((picture) => new Uint32Array(picture)[0]);
    expect(shades).toEqual(secondsBefore.map((s) => Math.round((10 - s) * 10)));
  });

  it('shows no frame twice, and none that came later', () => {
    const young = clipOf(frame, [frame, ...at(10.2, 10.4)], { layout: 'frames', count: 4, width: 640 }, null);
    expect(young.secondsBefore).toEqual([0]);
  });
});
