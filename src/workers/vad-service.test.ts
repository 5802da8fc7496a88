import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../test/support/simulated-clock.js';
import type { AppError } from '../errors.js';
import { VAD_FRAME } from '../frame.js';
import type { RawScore, ScoredRun } from '../protocol.js';
import { GpuQueue } from './gpu-queue.js';
import type { MnadItem } from './mnad.js';
import { VadService } from './vad-service.js';

const WINDOW = 3;

/** Scores a window by the mean of its newest frame: enough to see whose pixels were scored. */
function setUp(peakOf: (value: number) => number = (value) => value + 1) {
  const batches: MnadItem[][] = [];
  const runs: ScoredRun[] = [];
  const scores: RawScore[] = [];
  const failures: AppError[] = [];
  const returned = new Map<string, number>();
  let openGate: () => void = () => undefined;
  let gate: Promise<void> = Promise.resolve();
  const clock = new SimulatedClock();
  const service = new VadService({
    model: {
      window: WINDOW,
      newMemory: () => new Float32Array(2),
      async run(items) {
        await gate;
        batches.push([...items]);
        return items.map(({ window }) => peakOf(window[(WINDOW - 1) * VAD_FRAME.bytes] ?? NaN));
      },
    },
    queue: new GpuQueue(clock, 8),
    clock,
    giveBack: (camera) => returned.set(camera, (returned.get(camera) ?? 0) + 1),
    onScores: (run) => {
      runs.push(run);
      scores.push(...run.scores);
    },
    onFailure: (error) => failures.push(error),
  });
  const offer = (camera: string, frame: number, value = frame): void => {
    const pixels = new Uint8Array(VAD_FRAME.bytes).fill(value).buffer;
    service.offer(camera, { type: 'frame', pixels, ptsUs: frame * 200_000, wallTime: frame / 5 });
  };
  const settle = (): Promise<void> => clock.advance(0);
  const hold = (): void => {
    gate = new Promise((resolve) => (openGate = resolve));
  };
  return {
    clock,
    service,
    batches,
    runs,
    scores,
    failures,
    returned,
    offer,
    settle,
    hold,
    release: () => {
      openGate();
    },
  };
}

describe('VadService', () => {
  it('scores a camera once its window is full, with its own newest frame', async () => {
    const { offer, settle, scores } = setUp();
    for (let frame = 0; frame < 5; frame += 1) {
      offer('a', frame, 10 + frame);
      await settle();
    }
    expect(scores.map(({ camera, ptsUs, peak }) => [camera, ptsUs, peak])).toEqual([
      ['a', 400_000, 13],
      ['a', 600_000, 14],
      ['a', 800_000, 15],
    ]);
  });

  it('runs cameras that wait together as one batch', async () => {
    const { offer, settle, batches, hold, release } = setUp();
    for (let frame = 0; frame < WINDOW; frame += 1) {
      for (const camera of ['a', 'b', 'c']) offer(camera, frame);
      await settle();
    }
    hold();
    offer('a', 3);
    await settle();
    for (const camera of ['b', 'c']) offer(camera, 3);
    release();
    await settle();
    expect(batches.slice(-2).map((batch) => batch.length)).toEqual([1, 2]);
  });

  it('tells how long a run took, and apart from it how long each frame waited for it', async () => {
    const { clock, offer, settle, runs, hold, release } = setUp();
    for (let frame = 0; frame < WINDOW; frame += 1) {
      for (const camera of ['a', 'b']) offer(camera, frame);
      await settle();
    }
    hold();
    offer('a', 3);
    await clock.advance(20);
    offer('b', 3);
    await clock.advance(30);
    release();
    await settle();
    expect(runs.slice(-2)).toMatchObject([
      { runMs: 50, scores: [{ camera: 'a', waitedMs: 0 }] },
      { runMs: 0, scores: [{ camera: 'b', waitedMs: 30 }] },
    ]);
  });

  it('keeps the newest frame of a camera that waits, counts the other, and gives every buffer back', async () => {
    const { service, offer, settle, returned, scores, hold, release } = setUp();
    for (let frame = 0; frame < WINDOW; frame += 1) {
      offer('a', frame);
      offer('b', frame);
      await settle();
    }
    hold();
    offer('a', 3);
    await settle();
    offer('b', 3);
    offer('b', 4);
    release();
    await settle();
    expect(service.framesReplaced).toBe(1);
    expect(scores.at(-1)).toMatchObject({ camera: 'b', ptsUs: 800_000 });
    expect(returned).toEqual(
      new Map([
        ['a', 4],
        ['b', 5],
      ]),
    );
  });

  it('a camera scores the same alone or among others, in whatever order they come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(['b', 'c', 'd']), fc.nat(3), async (others, at) => {
        const alone = setUp();
        const together = setUp();
        const order = [...others.slice(0, at), 'a', ...others.slice(at)];
        for (let frame = 0; frame < 6; frame += 1) {
          alone.offer('a', frame, frame * 7);
          for (const camera of order) together.offer(camera, frame, camera === 'a' ? frame * 7 : frame);
          await alone.settle();
          await together.settle();
        }
        const ofA = together.scores.filter(({ camera }) => camera === 'a').map(({ peak }) => peak);
        expect(ofA).toEqual(alone.scores.map(({ peak }) => peak));
      }),
      { numRuns: 20 },
    );
  });

  it.each([NaN, Infinity, 0, -1])('discards and counts a score of %s', async (bad) => {
    const { service, offer, settle, scores } = setUp(() => bad);
    for (let frame = 0; frame < WINDOW; frame += 1) offer('a', frame);
    for (let frame = WINDOW; frame < 6; frame += 1) {
      offer('a', frame);
      await settle();
    }
    expect(scores).toEqual([]);
    expect(service.counts.scoresDiscarded).toBeGreaterThan(0);
  });

  it('starts its window over after a gap and after a step back', async () => {
    const { offer, settle, scores } = setUp();
    for (const frame of [0, 1, 2, 30, 31, 3, 4]) {
      offer('a', frame);
      await settle();
    }
    expect(scores).toHaveLength(1);
  });

  it('tells of a failed run and goes on', async () => {
    let broken = true;
    const { offer, settle, scores, failures } = setUp((value) => {
      if (broken) throw new Error('device lost');
      return value;
    });
    for (let frame = 0; frame < WINDOW; frame += 1) {
      offer('a', frame);
      await settle();
    }
    expect(failures).toHaveLength(1);
    broken = false;
    offer('a', WINDOW);
    await settle();
    expect(scores).toHaveLength(1);
  });
});
