import { beforeEach, describe, expect, it } from 'vitest';
import { FakeFrames } from '../../../test/support/fake-frames.js';
import { RecentFrames } from './recent-frames.js';

const frames = new FakeFrames();

describe('RecentFrames', () => {
  let recent: RecentFrames;

  beforeEach(() => {
    frames.held = 0;
    recent = new RecentFrames();
    for (const ptsUs of [100, 200, 300, 400, 500, 600, 700]) recent.add(frames.at(ptsUs));
  });

  it('holds the last six frames and frees the others', () => {
    expect(frames.held).toBe(6);
    recent.clear();
    expect(frames.held).toBe(0);
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
