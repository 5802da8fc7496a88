import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../test/support/simulated-clock.js';
import type { OverloadState } from '../overload-states.js';
import { productOverload, type ProductOverloadOptions } from './overload.js';

const PERIOD_MS = 5_000;

/** Four cameras, of which the first two are lively, and a VAD that leaves out every second frame while `isBusy`. */
function rig() {
  const clock = new SimulatedClock();
  const counters = { vadFrames: 0, vadFramesDropped: 0 };
  const slowed = new Map<string, boolean>();
  const scores: Record<string, number> = { gate: 0.4, yard: 0.3, door: 0.1, lane: 0.05 };
  const members = Object.entries(scores).map(([id, anomalyScore]) => ({
    camera: {
      id,
      health: 'good',
      counters,
      slow: (isSlowed: boolean) => slowed.set(id, isSlowed),
    },
    detector: { latest: { anomalyScore }, phase: 'quiet' },
  }));
  const fleet = { members } as unknown as ReturnType<ProductOverloadOptions['fleet']>;
  const states: OverloadState[] = [];
  let liveFps = Infinity;
  const overload = productOverload({
    clock,
    fleet: () => fleet,
    gpu: { stats: () => Promise.reject(new Error('is being restarted')) },
    limitLive: (fps) => (liveFps = fps),
    onChange: ({ state }) => states.push(state),
  });
  const pass = async (isBusy: boolean, periods: number): Promise<void> => {
    for (let i = 0; i < periods; i += 1) {
      counters.vadFrames += isBusy ? 12 : 25;
      counters.vadFramesDropped += isBusy ? 13 : 0;
      await clock.advance(PERIOD_MS);
    }
    await clock.advance(0);
  };
  overload.start();
  return { overload, members, slowed, states, pass, liveFps: () => liveFps };
}

describe('an overloaded product', () => {
  it('reduces live view first, then the VAD of the quietest cameras, then what the VLM sees', async () => {
    const { overload, slowed, states, pass, liveFps } = rig();
    const wish = { layout: 'frames', count: 4, width: 640 } as const;
    await pass(true, 2);
    expect(liveFps()).toBe(2);
    expect([...slowed.values()]).not.toContain(true);
    await pass(true, 2);
    expect(Object.fromEntries(slowed)).toEqual({ gate: false, yard: false, door: true, lane: true });
    expect(overload.wish(wish)).toBe(wish);
    await pass(true, 2);
    expect(overload.wish(wish)).toEqual({ ...wish, count: 1 });
    expect(overload.wish({ layout: 'montage' })).toEqual({ layout: 'montage' });
    expect(states).toEqual(['live_reduced', 'vad_reduced', 'vlm_reduced']);
    expect(overload.now).toEqual({ state: 'vlm_reduced', because: ['drop_ratio'] });
    overload.stop();
  });

  it('scores a camera at its full rate while an anomaly goes on there', async () => {
    const { overload, members, slowed, pass } = rig();
    await pass(true, 4);
    const [, , door] = members;
    if (door !== undefined) door.detector.phase = 'open';
    await pass(true, 1);
    expect(Object.fromEntries(slowed)).toEqual({ gate: false, yard: false, door: false, lane: true });
    overload.stop();
  });

  it('comes back to what it was asked for', async () => {
    const { overload, slowed, pass, liveFps } = rig();
    await pass(true, 4);
    await pass(false, 12);
    expect([...slowed.values()]).not.toContain(true);
    expect(liveFps()).toBe(2);
    await pass(false, 12);
    expect(liveFps()).toBe(Infinity);
    expect(overload.now).toEqual({ state: 'normal', because: [] });
    overload.stop();
  });
});
