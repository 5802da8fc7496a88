import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_TRACE_POINTS } from '../../trace.js';
import { ScoreSeries } from './score-series.js';

describe('ScoreSeries', () => {
  it('keeps what there is room for as it came', () => {
    const series = new ScoreSeries();
    series.add(-0.2, 0.12344);
    series.add(0.0004, 0.9);
    expect(series.values).toEqual({ t: [-0.2, 0], s: [0.1234, 0.9] });
  });

  it('stays bounded, in order and evenly spread, and never loses the peak', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.nat(), (count, at) => {
        const series = new ScoreSeries();
        const peak = at % count;
        for (let i = 0; i < count; i += 1) series.add(i, i === peak ? 1 : (i % 10) / 100);
        const { t, s } = series.values;
        expect(t.length).toBe(s.length);
        expect(t.length).toBeLessThan(MAX_TRACE_POINTS);
        expect(t.length).toBeGreaterThanOrEqual(Math.min(count, MAX_TRACE_POINTS / 2));
        expect(t[s.indexOf(Math.max(...s))]).toBe(peak);
        const steps = t.slice(1).map((time, i) => time - (t[i] ?? 0));
        const stride = 2 ** Math.max(0, Math.ceil(Math.log2(count / (MAX_TRACE_POINTS - 1))));
        for (const step of steps) {
          expect(step).toBeGreaterThan(0);
          expect(step).toBeLessThan(2 * stride);
        }
      }),
      { numRuns: 50, examples: [[4_789, 0]] },
    );
  });
});
