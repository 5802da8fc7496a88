import { describe, expect, it } from 'vitest';
import { v7 as uuid } from 'uuid';
import { SimulatedClock } from '../../../test/support/simulated-clock.js';
import type { AppError } from '../../errors.js';
import type { Score } from '../../event.js';
import { summaryOf, traceSchema, type Trace } from '../../trace.js';
import { Traces, type Observation } from './traces.js';

const START = 1_700_000_000;
const FRAME_MS = 200;
const LINGER_MS = 3_000;

function setup({ refuse = false } = {}) {
  const clock = new SimulatedClock(START);
  const stored = new Map<string, Trace>();
  const failures: AppError[] = [];
  const saves: string[] = [];
  const disk = { refuses: refuse, busy: Promise.resolve() };
  const traces = new Traces({
    clock,
    async save(trace) {
      saves.push(trace.id);
      await disk.busy;
      if (disk.refuses) throw new Error('the disk is full');
      stored.set(trace.id, traceSchema.parse(trace));
    },
    load: (id) => Promise.resolve(stored.get(id) ?? null),
    list: ({ camera, limit }) =>
      Promise.resolve(
        [...stored.values()]
          .filter((trace) => camera === undefined || trace.camera === camera)
          .slice(0, limit)
          .map(summaryOf),
      ),
    onFailure: (error) => failures.push(error),
  });
  const scoreNow = (anomalyScore: number, camera = 'gate'): Score => ({
    camera,
    ptsUs: clock.monotonicMs() * 1_000,
    wallTime: clock.wallTime(),
    anomalyScore,
  });
  /** Lets a camera's detector say so after each frame. */
  const observe = async (phase: Observation['phase'], ...scores: (number | null)[]) => {
    for (const score of scores) {
      const latest = score === null ? null : scoreNow(score);
      traces.observed({ camera: 'gate', threshold: 0.5, phase, score: latest });
      await clock.advance(FRAME_MS);
    }
  };
  const open = (camera = 'gate') => {
    const eventId = uuid();
    const start = scoreNow(0.7, camera);
    traces.opened({ eventId, threshold: 0.5, episode: { start, peak: start } });
    return eventId;
  };
  return { clock, traces, stored, saves, failures, disk, observe, open };
}

const typesOf = (trace: Trace | null | undefined) => trace?.steps.map(({ type }) => type);

describe('the trace of an event', () => {
  it('has the scores from a moment before its start to its end, and every step in time', async () => {
    const { clock, traces, stored, observe, open } = setup();
    await observe('quiet', 0.1, 0.2);
    await observe('rising', 0.6);
    const id = open();
    await observe('open', 0.7, 0.72, 0.9, 0.4);
    traces.step(id, { type: 'queued', waiting: 1 });
    await observe('quiet', 0.1);
    traces.finished(id);
    traces.step(id, { type: 'alert', outcome: 'suppressed', why: 'duplicate' });
    await clock.advance(LINGER_MS);

    const trace = stored.get(id);
    expect(trace).toMatchObject({
      id,
      camera: 'gate',
      outcome: 'event',
      why: null,
      state: 'complete',
      threshold: 0.5,
    });
    expect(trace?.start_time).toBeCloseTo(START + 0.4, 6);
    expect(trace?.scores).toEqual({
      t: [-0.4, -0.2, 0, 0.2, 0.4, 0.6, 0.8],
      s: [0.1, 0.2, 0.6, 0.7, 0.72, 0.9, 0.4],
    });
    expect(trace?.steps).toEqual([
      { type: 'opened', t: 0.2, score: 0.7 },
      { type: 'peaked', t: 0.6, score: 0.9 },
      { type: 'queued', t: 1, waiting: 1 },
      { type: 'ended', t: 1 },
      { type: 'alert', t: 1.2, outcome: 'suppressed', why: 'duplicate' },
    ]);
  });

  it('is the same whether the score that opens the event is told before or after', async () => {
    const run = async (isBefore: boolean) => {
      const { traces, observe, open } = setup();
      await observe('rising', 0.6);
      if (isBefore) await observe('open', 0.7);
      const id = open();
      if (!isBefore) await observe('open', 0.7);
      return (await traces.trace(id))?.scores;
    };
    expect(await run(true)).toEqual(await run(false));
  });

  it('answers from memory while it is open, and does not notice when the date jumps', async () => {
    const { clock, traces, observe, open, stored } = setup();
    await observe('rising', 0.6);
    const id = open();
    clock.jumpWallTime(-3_600);
    await observe('open', 0.6);
    traces.step(id, { type: 'late' });
    const trace = await traces.trace(id);
    expect(trace).toMatchObject({ state: 'open', steps: [{ type: 'opened' }, { type: 'late', t: 0.4 }] });
    expect(stored.size).toBe(0);
    const listed = await traces.traces({ camera: 'gate', limit: 5 });
    expect(listed).toEqual([summaryOf(traceSchema.parse(trace))]);
    expect(await traces.traces({ camera: 'yard', limit: 5 })).toEqual([]);
    expect(await traces.traces({ outcome: 'nothing', limit: 5 })).toEqual([]);
  });

  it('is bounded in steps and scores', async () => {
    const { clock, traces, observe, open } = setup();
    await observe('rising', 0.6);
    const id = open();
    for (let i = 0; i < 150; i += 1) traces.step(id, { type: 'queued', waiting: i });
    for (let i = 0; i < 1_000; i += 1) await observe('open', 0.6);
    const trace = traceSchema.parse(await traces.trace(id));
    expect(trace.steps).toHaveLength(100);
    expect(trace.scores.t.length).toBeLessThan(600);
    expect(traces.counters.stepsLost).toBe(51);
    expect(clock.wallTime() - trace.start_time).toBeGreaterThan(200);
  });

  it('gives way when too many are open, the oldest first, and is stored as far as it went', async () => {
    const { clock, traces, stored, open } = setup();
    const ids = Array.from({ length: 300 }, () => open());
    await clock.advance(0);
    expect(traces.counters).toMatchObject({ open: 256, stored: 44, cutShort: 44, dropped: 0 });
    expect([...stored.keys()]).toEqual(ids.slice(0, 44));
    expect(stored.get(ids[0] ?? '')?.state).toBe('cut_short');
  });

  it('is stored by a stop, whatever it lacks', async () => {
    const { traces, stored, open } = setup();
    const ids = Array.from({ length: 200 }, () => open());
    traces.finished(ids[7] ?? '');
    await (await traces.start()).stop(0);
    expect(stored.size).toBe(200);
    expect([6, 7].map((i) => stored.get(ids[i] ?? '')?.state)).toEqual(['cut_short', 'complete']);
    expect(traces.counters).toMatchObject({ open: 0, stored: 200, cutShort: 199 });
  });

  it('is stored once, and answers meanwhile, when a stop comes while it is on its way', async () => {
    const { clock, traces, disk, saves, stored, open } = setup();
    let free: () => void = () => undefined;
    disk.busy = new Promise((resolve) => (free = resolve));
    const id = open();
    traces.finished(id);
    await clock.advance(LINGER_MS);
    const stopped = traces.start().then((child) => child.stop(0));
    expect(stored.size).toBe(0);
    expect((await traces.trace(id))?.state).toBe('complete');
    free();
    await stopped;
    expect(saves).toEqual([id]);
    expect([...stored.keys()]).toEqual([id]);
  });

  it('is over with the episode, whatever the camera does next', async () => {
    const { traces, observe, open } = setup();
    await observe('rising', 0.6);
    const first = open();
    await observe('open', 0.7);
    await observe('quiet', 0.1, 0.1);
    await observe('rising', 0.8);
    await observe('open', 0.9);
    const second = open();
    const before = await traces.trace(first);
    expect(typesOf(before)).toEqual(['opened', 'ended']);
    expect(before?.scores.s).toEqual([0.6, 0.7]);
    expect((await traces.trace(second))?.scores.s).toEqual([0.6, 0.7, 0.1, 0.1, 0.8, 0.9]);
  });

  it('is lost and counted when the store refuses, which is told once until it takes one again', async () => {
    const { clock, traces, disk, failures, open } = setup({ refuse: true });
    const finish = async () => {
      traces.finished(open());
      await clock.advance(LINGER_MS);
    };
    await finish();
    await finish();
    expect([traces.counters.dropped, failures.length]).toEqual([2, 1]);
    disk.refuses = false;
    await finish();
    disk.refuses = true;
    await finish();
    expect(failures).toHaveLength(2);
    expect(traces.counters).toMatchObject({ open: 0, stored: 1, dropped: 3 });
  });
});

describe('the trace of what became nothing', () => {
  it('says why, and what the score did', async () => {
    const { clock, stored, observe } = setup();
    await observe('quiet', 0.1);
    await observe('rising', 0.6);
    await observe('quiet', 0.2);
    await clock.advance(5_000);
    await observe('rising', 0.8);
    await observe('quiet', null);
    const [short, interrupted] = stored.values();
    expect(short).toMatchObject({
      outcome: 'nothing',
      why: 'too_short',
      camera: 'gate',
      state: 'complete',
      steps: [],
    });
    expect(short?.scores).toEqual({ t: [-0.2, 0, 0.2], s: [0.1, 0.6, 0.2] });
    expect(interrupted).toMatchObject({ outcome: 'nothing', why: 'interrupted' });
  });

  it('is not stored when the camera had another just before', async () => {
    const { stored, traces, observe } = setup();
    for (let i = 0; i < 100; i += 1) {
      await observe('rising', 0.6);
      await observe('quiet', 0.2);
    }
    // 40 s, one in 5 s.
    expect(stored.size).toBeLessThanOrEqual(8);
    expect(stored.size).toBeGreaterThanOrEqual(7);
    expect(traces.counters.skipped).toBe(100 - stored.size);
  });

  it('does not swallow an event whose rise nobody told of', async () => {
    const { traces, observe, open } = setup();
    await observe('quiet', 0.1);
    const id = open();
    await observe('open', 0.7);
    expect(typesOf(await traces.trace(id))).toEqual(['opened']);
  });
});
