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
    for (const ptsUs of [100, 200, 300, 400, 500, 600, 700]) recent.add(frameAt(ptsUs));
  });

  it('holds the last six frames and frees the others', () => {
    expect(held).toBe(6);
    recent.clear();
    expect(held).toBe(0);
  });

  it.each([
    [200, 200],
    [700, 700],
    [null, 700],
    [100, undefined],
    [250, undefined],
  ])('finds for %s the frame at %s: another moment is not the one that was asked for', (ptsUs, found) => {
    expect(recent.at(ptsUs)?.ptsUs).toBe(found);
  });

  it('has none before the first frame', () => {
    expect(new RecentFrames().at(null)).toBeUndefined();
  });
});
