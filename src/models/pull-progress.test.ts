import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../test/support/simulated-clock.js';
import type { StatusLine } from '../status-line.js';
import { PullProgress } from './pull-progress.js';

function setUp(isTerminal: boolean) {
  const shown: string[] = [];
  const clock = new SimulatedClock();
  const line = { isTerminal, show: (text: string) => shown.push(text) } as unknown as StatusLine;
  const progress = new PullProgress(line, clock, 'text');
  return { shown, clock, progress };
}

describe('PullProgress', () => {
  it('draws a bar with megabytes, rate and time left on a terminal', async () => {
    const { shown, clock, progress } = setUp(true);
    const totalBytes = 1_000e6;
    for (let receivedBytes = 0; receivedBytes <= 500e6; receivedBytes += 10e6) {
      progress.show({ receivedBytes, totalBytes });
      await clock.advance(1_000);
    }
    expect(shown[0]).toBe(`text: [${'.'.repeat(24)}] 0.0 of 1000 MB`);
    expect(shown.at(-1)).toBe(
      `text: [${'#'.repeat(12)}${'.'.repeat(12)}] 500 of 1000 MB, 10.0 MB/s, 0:50 left`,
    );
  });

  it('follows a rate that changes, and does not count what was there before', async () => {
    const { shown, clock, progress } = setUp(true);
    progress.show({ receivedBytes: 800e6, totalBytes: 1_000e6 });
    for (let second = 1; second <= 20; second += 1) {
      await clock.advance(1_000);
      progress.show({ receivedBytes: 800e6 + second * 2e6, totalBytes: 1_000e6 });
    }
    expect(shown.at(-1)).toContain('2.0 MB/s, 1:20 left');
  });

  it('does not redraw more often than five times a second, but always shows the end', () => {
    const { shown, progress } = setUp(true);
    for (let received = 1; received <= 1_000; received += 1)
      progress.show({ receivedBytes: received, totalBytes: 1_000 });
    expect(shown).toHaveLength(2);
  });

  it('writes a line each tenth without a terminal', async () => {
    const { shown, clock, progress } = setUp(false);
    for (let received = 0; received <= 200; received += 1) {
      progress.show({ receivedBytes: received * 1e5, totalBytes: 20e6 });
      await clock.advance(10);
    }
    expect(shown).toHaveLength(11);
    expect(shown[5]).toBe('text: 10 of 20 MB, 10.0 MB/s, 0:01 left');
    expect(shown[10]).toBe('text: 20 of 20 MB, 10.0 MB/s');
  });

  it('says what has come when nobody knows how much there is', () => {
    const { shown, progress } = setUp(false);
    progress.show({ receivedBytes: 5e6, totalBytes: null });
    expect(shown).toEqual(['text: 5.0 MB']);
  });
});
