import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { VAD_FRAME } from '../../src/frame.js';
import { packagePath } from '../../src/paths.js';
import { CELLS, motionChannels, type MotionChannel } from '../../src/vad-model.js';
import { Motion, type MotionItem } from '../../src/workers/vad/motion.js';

interface Parity {
  aspect: number[];
  tolerance: number;
  mean: number[][];
  cells: { index: [item: number, channel: number, row: number, column: number]; value: number }[];
}

const parity = JSON.parse(readFileSync(packagePath('test/fixtures/motion-parity.json'), 'utf8')) as Parity;

let motion: Motion;
beforeAll(async () => {
  motion = await Motion.load({
    modelsDir: packagePath('models'),
    device: 'cpu',
    onFallback: () => undefined,
  });
});

const wave = (i: number): number => 6 * Math.abs((i & 31) - 16);

/** The picture that the fixture describes, moved to the right and downwards. */
function picture(right: number, down: number): Uint8Array {
  return Uint8Array.from({ length: VAD_FRAME.bytes }, (_value, at) => {
    const x = at % VAD_FRAME.width;
    const y = Math.floor(at / VAD_FRAME.width);
    return 40 + wave(x - right) + wave(y - down);
  });
}

function item(right: number, down: number, aspect: number): MotionItem {
  return { earlier: picture(0, 0), later: picture(right, down), aspect };
}

async function meanOf(channel: MotionChannel, pair: MotionItem): Promise<number> {
  const [cells = new Float32Array()] = await motion.run([pair]);
  const from = motionChannels.indexOf(channel) * CELLS.count;
  return cells.slice(from, from + CELLS.count).reduce((sum, value) => sum + value, 0) / CELLS.count;
}

/** The tolerance is a part of values above 1. */
function closeTo(expected: number, actual: number): void {
  expect(Math.abs(actual - expected)).toBeLessThan(parity.tolerance * Math.max(1, Math.abs(expected)));
}

describe('the motion graph in onnxruntime', () => {
  it('gives what PyTorch gave, within 1e-4', async () => {
    const [still = 1, moving = 1] = parity.aspect;
    const batch = await motion.run([item(0, 0, still), item(3, -2, moving)]);
    for (const { index, value } of parity.cells) {
      const [i, channel, row, column] = index;
      closeTo(value, batch[i]?.[channel * CELLS.count + row * CELLS.columns + column] ?? NaN);
    }
    for (const [channel, name] of motionChannels.entries()) {
      closeTo(parity.mean[1]?.[channel] ?? NaN, await meanOf(name, item(3, -2, moving)));
    }
  });

  it.each([
    ['right', 'dx', 3, 0, 1],
    ['left', 'dx', -3, 0, -1],
    ['downwards', 'dy', 0, 3, 1],
    ['upwards', 'dy', 0, -3, -1],
  ] as const)('sees what moves %s', async (_where, channel, right, down, sign) => {
    const across = channel === 'dx' ? 'dy' : 'dx';
    expect(sign * (await meanOf(channel, item(right, down, 1)))).toBeGreaterThan(2);
    expect(Math.abs(await meanOf(across, item(right, down, 1)))).toBeLessThan(0.1);
  });

  it('measures up and down in the unit of left and right: 1/192 of the width', async () => {
    const square = await meanOf('dy', item(0, 3, 1));
    expect(await meanOf('dy', item(0, 3, 0.5))).toBeCloseTo(square / 2, 4);
  });

  it('leaves little residual of what moved, and all of a change of brightness that no motion explains', async () => {
    const flat = new Uint8Array(VAD_FRAME.bytes).fill(100);
    const brighter = { earlier: flat, later: flat.map((gray) => gray + 20), aspect: 1 };
    expect(await meanOf('residual', item(3, 0, 1))).toBeLessThan(18 ** 2 / 20);
    expect(await meanOf('residual', brighter)).toBeCloseTo(20 ** 2, 1);
  });
});
