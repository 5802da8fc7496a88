import { beforeEach, describe, expect, it } from 'vitest';
import type { DecodedFrame } from './decoder.js';
import { RecentFrames } from './recent-frames.js';

let held = 0;

function frameAt(ptsUs: number): DecodedFrame {
  return {
    ptsUs,
    width: 2,
    height: 2,
    toGray: () => undefined,
    toJpeg: () => ({ buffer: new ArrayBuffer(0), width: 2, height: 2 }),
    keep() {
      held += 1;
      return frameAt(ptsUs);
    },
    free() {
      held -= 1;
    },
  };
}

describe('RecentFrames', () => {
  let recent: RecentFrames;

  beforeEach(() => {
    held = 0;
    recent = new RecentFrames();
    for (const ptsUs of [100, 200, 300, 400, 500]) recent.add(frameAt(ptsUs));
  });

  it('holds the last four frames and frees the others', () => {
    expect(held).toBe(4);
    recent.clear();
    expect(held).toBe(0);
  });

  it.each([
    [0, 200],
    [260, 300],
    [9000, 500],
    [null, 500],
  ])('finds for %s the frame at %d', (ptsUs, nearest) => {
    expect(recent.nearest(ptsUs)?.ptsUs).toBe(nearest);
  });

  it('has none before the first frame', () => {
    expect(new RecentFrames().nearest(null)).toBeUndefined();
  });
});
