import { describe, expect, it } from 'vitest';
import { RecentDelays } from './recent-delays.js';

describe('recent delays', () => {
  it('have no quantiles before the first', () => {
    expect(new RecentDelays().quantiles()).toBeNull();
  });

  it('have the quantiles of what was added', () => {
    const delays = new RecentDelays();
    for (let ms = 100; ms >= 0; ms -= 1) delays.add(ms);
    expect(delays.quantiles()).toEqual({ p50: 50, p95: 95, p99: 99 });
  });

  it('forget what is old', () => {
    const delays = new RecentDelays();
    delays.add(1e6);
    for (let i = 0; i < 2_048; i += 1) delays.add(7);
    expect(delays.quantiles()).toEqual({ p50: 7, p95: 7, p99: 7 });
  });
});
