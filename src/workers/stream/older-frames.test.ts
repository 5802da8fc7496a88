import { describe, expect, it } from 'vitest';
import { FakeFrames } from '../../../test/support/fake-frames.js';
import { OlderFrames } from './older-frames.js';

const STEP_US = 200_000;

describe('OlderFrames', () => {
  it('copies one frame in 1.5 s of stream time, and holds the last six', () => {
    const frames = new FakeFrames();
    const older = new OlderFrames(32);
    for (let ptsUs = 0; ptsUs <= 12_000_000; ptsUs += STEP_US) older.offer(frames.at(ptsUs));
    const times = older.frames.map(({ ptsUs }) => ptsUs / 1e6);
    expect(times).toHaveLength(6);
    expect(older.frames.every(({ width }) => width === 32)).toBe(true);
    expect(12 - (times[0] ?? NaN)).toBeGreaterThanOrEqual(7.5);
    for (let i = 1; i < 6; i += 1) expect((times[i] ?? NaN) - (times[i - 1] ?? NaN)).toBeCloseTo(1.5, 0);
    expect(frames.held).toBe(6);
  });

  it('frees what it holds', () => {
    const frames = new FakeFrames();
    const older = new OlderFrames(32);
    older.offer(frames.at(0));
    older.clear();
    expect(older.frames).toEqual([]);
    expect(frames.held).toBe(0);
  });
});
