import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../../test/support/simulated-clock.js';
import type { AppError } from '../../errors.js';
import { VAD_FRAME } from '../../frame.js';
import type { ReadRun, VadReading } from '../../protocol/gpu.js';
import type { VadGraph, VadModelName } from '../../vad-model.js';
import { GpuQueue } from '../gpu-queue.js';
import type { GraphInput, GraphOutput } from './vad-graphs.js';
import { VadService } from './vad-service.js';

/** Frames that a camera of MNAD needs before it is read. */
const WINDOW = 5;
const NEWEST = (WINDOW - 1) * VAD_FRAME.bytes;

/** Reads a frame as the value that it is filled with: enough to see whose pixels were read. */
function outputOf({ motion, mnad }: GraphInput): GraphOutput {
  return {
    motion: motion && {
      cells: Float32Array.of(motion.later[0] ?? NaN),
      stepUs: motion.stepUs,
      aspect: 0.5625,
    },
    error: mnad && Float32Array.of(mnad.frames[NEWEST] ?? NaN),
  };
}

function setUp(read: (input: GraphInput) => GraphOutput = outputOf) {
  const batches: number[] = [];
  const runs: ReadRun[] = [];
  const readings: VadReading[] = [];
  const failures: AppError[] = [];
  const returned = new Map<string, number>();
  const loaded = new Set<VadGraph>(['motion', 'mnad']);
  let openGate: () => void = () => undefined;
  let gate: Promise<void> = Promise.resolve();
  const clock = new SimulatedClock();
  const service = new VadService({
    graphs: {
      has: (graphs) => graphs.every((name) => loaded.has(name)),
      async read(inputs) {
        await gate;
        batches.push(inputs.length);
        return { outputs: inputs.map(read), runMs: { mnad: 7 } };
      },
    },
    queue: new GpuQueue(clock, 8),
    clock,
    giveBack: (camera) => returned.set(camera, (returned.get(camera) ?? 0) + 1),
    onReadings: (run) => {
      runs.push(run);
      readings.push(...run.readings);
    },
    onFailure: (error) => failures.push(error),
  });
  const attach = (model: VadModelName, ...cameras: string[]): void => {
    for (const camera of cameras) service.attach(camera, model);
  };
  attach('mnad', 'a', 'b', 'c', 'd');
  const offer = (camera: string, frame: number, value = frame): void => {
    const pixels = new Uint8Array(VAD_FRAME.bytes).fill(value).buffer;
    const times = { ptsUs: frame * 200_000, wallTime: frame / 5 };
    service.offer(camera, { type: 'frame', pixels, ...times, aspect: 0.75, disturbed: value === 99 });
  };
  const settle = (): Promise<void> => clock.advance(0);
  /** One frame after the other, `from` up to and without `to`, to each of the cameras. */
  const play = async (cameras: readonly string[], to: number, from = 0): Promise<void> => {
    for (let frame = from; frame < to; frame += 1) {
      for (const camera of cameras) offer(camera, frame);
      await settle();
    }
  };
  const hold = (): void => {
    gate = new Promise((resolve) => (openGate = resolve));
  };
  const release = (): Promise<void> => {
    openGate();
    return settle();
  };
  const state = { batches, runs, readings, failures, returned, loaded };
  return { ...state, clock, service, attach, offer, settle, play, hold, release };
}

describe('VadService', () => {
  it('reads a camera of MNAD once its window is full, with its own newest frame', async () => {
    const { play, readings } = setUp();
    await play(['a'], 7);
    expect(readings.map(({ camera, ptsUs, motion, error }) => [camera, ptsUs, motion, error?.[0]])).toEqual([
      ['a', 800_000, null, 4],
      ['a', 1_000_000, null, 5],
      ['a', 1_200_000, null, 6],
    ]);
  });

  it('reads the motion of a camera from its second frame on, and its error once the window is full', async () => {
    const { attach, play, readings } = setUp();
    attach('fused', 'a');
    await play(['a'], 6);
    expect(readings.map(({ motion, error }) => [motion?.cells[0], motion?.stepUs, error?.[0]])).toEqual([
      [1, 200_000, undefined],
      [2, 200_000, undefined],
      [3, 200_000, undefined],
      [4, 200_000, 4],
      [5, 200_000, 5],
    ]);
  });

  it('gives each of sixteen cameras an equal share when they send more than can be read, whatever they send', async () => {
    const { attach, offer, hold, release, settle, batches, readings, returned, service } = setUp();
    const cameras = Array.from({ length: 16 }, (_, i) => `cam${i}`);
    attach('mulde', ...cameras);
    let offered = 0;
    // A second of 60 frames each, and twice as many of every fourth; a run begins when three have come of each.
    for (let frame = 0; frame < 180; frame += 1) {
      if (frame % 3 === 0) hold();
      for (const [i, camera] of cameras.entries()) {
        for (let sent = 0; sent < (i % 4 === 0 ? 2 : 1); sent += 1) {
          offer(camera, (frame + sent / 2) / 12, 1);
          offered += 1;
        }
      }
      if (frame % 3 === 2) await release();
    }
    await settle();
    const shares = cameras.map((id) => readings.filter(({ camera }) => camera === id).length);
    const jain =
      shares.reduce((sum, share) => sum + share, 0) ** 2 /
      shares.reduce((sum, share) => sum + share ** 2, 0) /
      shares.length;
    expect(jain).toBeGreaterThanOrEqual(0.95);
    expect(Math.max(...batches)).toBeLessThanOrEqual(8);
    expect(service.framesReplaced).toBeGreaterThan(offered / 2);
    expect([...returned.values()].reduce((sum, buffers) => sum + buffers, 0)).toBe(offered);
  });

  it('does not predict for a camera whose model looks at motion alone', async () => {
    const { attach, play, readings } = setUp();
    attach('mulde', 'a');
    await play(['a'], 7);
    expect(readings).toHaveLength(6);
    expect(readings.every(({ error }) => error === null)).toBe(true);
  });

  it('passes on that a frame was disturbed', async () => {
    const { attach, offer, settle, readings } = setUp();
    attach('mulde', 'a');
    for (const [frame, value] of [1, 99, 3].entries()) {
      offer('a', frame, value);
      await settle();
    }
    expect(readings.map(({ disturbed }) => disturbed)).toEqual([true, false]);
  });

  it('runs cameras that wait together as one batch, whatever their models', async () => {
    const { attach, offer, play, batches, hold, release, settle } = setUp();
    attach('mulde', 'c');
    await play(['a', 'b', 'c'], WINDOW);
    hold();
    offer('a', WINDOW);
    await settle();
    for (const camera of ['b', 'c']) offer(camera, WINDOW);
    await release();
    expect(batches.slice(-2)).toEqual([1, 2]);
  });

  it('tells how long each graph took, and apart from it how long each frame waited for the run', async () => {
    const { clock, offer, play, runs, hold, release } = setUp();
    await play(['a', 'b'], WINDOW);
    hold();
    offer('a', WINDOW);
    await clock.advance(20);
    offer('b', WINDOW);
    await clock.advance(30);
    await release();
    expect(runs.slice(-2)).toMatchObject([
      { runMs: { mnad: 7 }, readings: [{ camera: 'a', waitedMs: 0 }] },
      { runMs: { mnad: 7 }, readings: [{ camera: 'b', waitedMs: 30 }] },
    ]);
  });

  it('keeps the newest frame of a camera that waits, counts the other, and gives every buffer back', async () => {
    const { attach, service, offer, play, settle, returned, readings, hold, release } = setUp();
    attach('mulde', 'a', 'b');
    await play(['a', 'b'], WINDOW);
    hold();
    offer('a', WINDOW);
    await settle();
    offer('b', WINDOW);
    offer('b', WINDOW + 1);
    await release();
    expect(service.framesReplaced).toBe(1);
    expect(readings.at(-1)).toMatchObject({ camera: 'b', ptsUs: 1_200_000, motion: { stepUs: 400_000 } });
    expect([...returned]).toEqual([
      ['a', WINDOW + 1],
      ['b', WINDOW + 2],
    ]);
  });

  it('a camera reads the same alone or among others, in whatever order they come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(['b', 'c', 'd']), fc.nat(3), async (others, at) => {
        const alone = setUp();
        const together = setUp();
        const order = [...others.slice(0, at), 'a', ...others.slice(at)];
        for (let frame = 0; frame < 8; frame += 1) {
          alone.offer('a', frame, frame * 7);
          for (const camera of order) together.offer(camera, frame, camera === 'a' ? frame * 7 : frame);
          await alone.settle();
          await together.settle();
        }
        const ofA = together.readings.filter(({ camera }) => camera === 'a');
        expect(ofA).toEqual(alone.readings);
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    [
      'a motion',
      { motion: { cells: Float32Array.of(0, NaN), stepUs: 200_000, aspect: 0.5625 }, error: null },
    ],
    ['an error', { motion: null, error: Float32Array.of(0, Infinity) }],
    [
      'one of both',
      { motion: { cells: Float32Array.of(1), stepUs: 200_000, aspect: 0.5625 }, error: Float32Array.of(NaN) },
    ],
  ])('discards and counts a reading with %s that is not finite', async (_which, output) => {
    const { service, play, readings } = setUp(() => output);
    await play(['a'], WINDOW + 2);
    expect(readings).toEqual([]);
    expect(service.counts).toMatchObject({ frames: 3, readingsDiscarded: 3 });
  });

  it('starts its window over after a gap and after a step back', async () => {
    const { offer, settle, readings } = setUp();
    for (const frame of [0, 1, 2, 3, 4, 30, 31, 32, 33, 3, 4]) {
      offer('a', frame);
      await settle();
    }
    expect(readings).toHaveLength(1);
  });

  it('gives frames back unread while a graph of their camera is not loaded, and reads them once it is', async () => {
    const { attach, play, loaded, readings, returned } = setUp();
    attach('fused', 'a');
    attach('mulde', 'b');
    loaded.delete('mnad');
    await play(['a', 'b'], 3);
    expect(readings.map(({ camera }) => camera)).toEqual(['b', 'b']);
    expect(returned.get('a')).toBe(3);
    loaded.add('mnad');
    await play(['a'], 5, 3);
    expect(readings.at(-1)).toMatchObject({ camera: 'a', ptsUs: 800_000 });
  });

  it('gives frames of a camera that is detached back unread, and starts it over when it is attached again', async () => {
    const { service, attach, play, readings, returned } = setUp();
    await play(['a'], WINDOW);
    service.detach('a');
    await play(['a'], 7, WINDOW);
    expect(returned.get('a')).toBe(7);
    expect(readings).toHaveLength(1);
    attach('mnad', 'a');
    await play(['a'], 11, 7);
    expect(readings).toHaveLength(1);
    await play(['a'], 12, 11);
    expect(readings).toHaveLength(2);
  });

  it('goes on with the window of a camera that is attached again', async () => {
    const { attach, play, readings } = setUp();
    await play(['a'], WINDOW);
    attach('mnad', 'a');
    await play(['a'], WINDOW + 1, WINDOW);
    expect(readings).toHaveLength(2);
  });

  it('tells of a failed run and goes on', async () => {
    let broken = true;
    const { play, readings, failures } = setUp((input) => {
      if (broken) throw new Error('device lost');
      return outputOf(input);
    });
    await play(['a'], WINDOW);
    expect(failures).toHaveLength(1);
    broken = false;
    await play(['a'], WINDOW + 1, WINDOW);
    expect(readings).toHaveLength(1);
  });
});
