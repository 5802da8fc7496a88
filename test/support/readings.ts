/** Readings of a made-up street: something walks to and fro in the middle rows, and now and then something else. */
import type { VadReading } from '../../src/protocol/gpu.js';
import { normal, seededRandom, type Random } from '../../src/random.js';
import { CELLS, motionChannels, type MotionChannel } from '../../src/vad-model.js';

export const STEP_US = 200_000;
/** Row of cells in which the made-up people walk. */
const ROW = 12;

/** Something 3 cells high and 2 wide that moves. */
export interface Mover {
  /** Its left column, 0 to 22. */
  column: number;
  /** Displacement a step to the right, in 1/192 of the width. */
  dx: number;
}

/** A reading in which the movers are all there is; `error` is MNAD's everywhere, none without it. */
export function readingOf(at: number, movers: readonly Mover[], random: Random, error?: number): VadReading {
  const cells = new Float32Array(motionChannels.length * CELLS.count);
  const put = (channel: MotionChannel, cell: number, value: number): void => {
    cells[motionChannels.indexOf(channel) * CELLS.count + cell] = value;
  };
  for (let cell = 0; cell < CELLS.count; cell += 1) put('gray', cell, 100 + 0.2 * normal(random));
  for (const { column, dx } of movers) {
    for (const row of [ROW - 1, ROW, ROW + 1]) {
      for (const cell of [row * CELLS.columns + column, row * CELLS.columns + column + 1]) {
        put('dx', cell, dx);
        put('squared', cell, dx ** 2);
        put('difference', cell, 400);
        put('residual', cell, 4);
        put('gray', cell, 130);
      }
    }
  }
  return {
    camera: 'street',
    ptsUs: at * STEP_US,
    wallTime: (at * STEP_US) / 1e6,
    disturbed: false,
    motion: { cells, stepUs: STEP_US, aspect: 0.5625 },
    error: error === undefined ? null : new Float32Array(CELLS.count).fill(error * (1 + 0.1 * random())),
    waitedMs: 0,
  };
}

/** Somebody who walks across the picture again and again, at the pace of people; `at` counts steps. */
function walker(at: number, random: Random): Mover {
  const dx = 1.5 + 0.3 * normal(random);
  return { column: Math.floor((at * 1.5) / 8) % (CELLS.columns - 1), dx };
}

/** So many steps of ordinary life, from step `from` on. */
export function ordinaryReadings(from: number, steps: number, seed = 1): VadReading[] {
  const random = seededRandom(seed);
  return Array.from({ length: steps }, (_, i) => readingOf(from + i, [walker(from + i, random)], random));
}

/** Something that crosses the picture at several times the pace of people. */
export function rushReadings(from: number, steps: number, seed = 2): VadReading[] {
  const random = seededRandom(seed);
  return Array.from({ length: steps }, (_, i) => {
    const rush: Mover = { column: i % (CELLS.columns - 1), dx: 8 };
    return readingOf(from + i, [walker(from + i, random), rush], random);
  });
}
