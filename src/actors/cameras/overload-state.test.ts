import { describe, expect, it } from 'vitest';
import { advanceOverload, loadLimits, normal, tooMuch, type Load, type Overload } from './overload-state.js';

const calm: Load = { drop_ratio: 0, score_delay_ms: 40, loop_delay_ms: 2 };
const dropping: Load = { ...calm, drop_ratio: 0.2 };

function after(start: Overload, ...loads: Load[]): Overload {
  return loads.reduce(advanceOverload, start);
}
const times = (count: number, load: Load): Load[] => Array.from({ length: count }, () => load);

describe('overload', () => {
  it('is not declared for one bad moment', () => {
    expect(after(normal, dropping, calm, dropping, calm, dropping).state).toBe('normal');
  });

  it('does less step by step, in the stated order, while it goes on, and says why', () => {
    const states: string[] = [];
    let overload = normal;
    for (let i = 0; i < 8; i += 1) {
      overload = advanceOverload(overload, dropping);
      states.push(overload.state);
    }
    expect(states).toEqual([
      'normal',
      'live_reduced',
      'live_reduced',
      'vad_reduced',
      'vad_reduced',
      'vlm_reduced',
      'vlm_reduced',
      'vlm_reduced',
    ]);
    expect(overload.because).toEqual(['drop_ratio']);
  });

  it('comes back step by step after a minute of calm each', () => {
    let overload = after(normal, ...times(4, dropping));
    expect(overload.state).toBe('vad_reduced');
    overload = after(overload, ...times(11, calm));
    expect(overload.state).toBe('vad_reduced');
    overload = advanceOverload(overload, calm);
    expect(overload.state).toBe('live_reduced');
    overload = after(overload, ...times(12, calm));
    expect(overload).toEqual(normal);
  });

  it('waits longer before it does more when that was wrong, and not for ever', () => {
    let overload = after(normal, ...times(4, dropping));
    for (let i = 0; i < 10; i += 1) overload = after(overload, calm, dropping);
    expect(overload.patience).toBe(120);
    overload = after(overload, ...times(240, calm));
    expect(overload).toEqual(normal);
  });

  it('names each figure that is over its limit, and only those', () => {
    expect(tooMuch({ ...loadLimits })).toEqual([]);
    expect(tooMuch({ drop_ratio: 0.051, score_delay_ms: 501, loop_delay_ms: 101 })).toEqual([
      'drop_ratio',
      'score_delay_ms',
      'loop_delay_ms',
    ]);
    expect(tooMuch({ ...calm, score_delay_ms: null })).toEqual([]);
  });
});
