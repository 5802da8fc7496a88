import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { VAD_FRAME } from '../../src/frame.js';
import { packagePath } from '../../src/paths.js';
import { Mnad, WINDOW_FRAMES, type MnadItem } from '../../src/workers/vad/mnad.js';

const side = VAD_FRAME.width;

interface Parity {
  tolerance: number;
  error_map_mean: number[];
  memory_out: { index: [number, number, number]; value: number }[];
}

const parity = JSON.parse(readFileSync(packagePath('test/fixtures/mnad-parity.json'), 'utf8')) as Parity;

let mnad: Mnad;
beforeAll(async () => {
  mnad = await Mnad.load({ modelsDir: packagePath('models'), device: 'cpu', onFallback: () => undefined });
});

/** The pattern that the fixture describes: still for item 0, moving bars that jump for item 1. */
function patternFrames(item: number): Uint8Array {
  const frames = new Uint8Array(WINDOW_FRAMES * VAD_FRAME.bytes);
  for (let t = 0; t < WINDOW_FRAMES; t += 1) {
    const shift = item === 0 ? 0 : 5 * t + (t === 4 ? 17 : 0);
    for (let y = 0; y < side; y += 1) {
      for (let x = 0; x < side; x += 1) {
        const isBar = ((x - shift) & 63) < 12 && (y & 63) < 40;
        const ground = ((x >> 3) * 5 + (y >> 3) * 3) % 128;
        frames[(t * side + y) * side + x] = ground + (isBar ? 100 : 20);
      }
    }
  }
  return frames;
}

/** The initial memory with its rows rotated by `item`. */
function rotatedMemory(item: number): Float32Array {
  const bytes = readFileSync(packagePath('models/mnad.memory.f32'));
  const memory = new Float32Array(new Uint8Array(bytes).buffer);
  const first = item * (memory.length / 10);
  return Float32Array.of(...memory.subarray(first), ...memory.subarray(0, first));
}

const patternItem = (item: number): MnadItem => ({
  frames: patternFrames(item),
  state: { memory: rotatedMemory(item) },
});

const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('MNAD in onnxruntime', () => {
  it('gives what PyTorch gave, within 1e-4', async () => {
    const batch = [patternItem(0), patternItem(1)];
    const errors = await mnad.run(batch);
    errors.forEach((error, i) => {
      expect(Math.abs(mean(error) - (parity.error_map_mean[i] ?? NaN))).toBeLessThan(parity.tolerance);
    });
    for (const { index, value } of parity.memory_out) {
      const [item, row, column] = index;
      const memory = batch[item]?.state.memory ?? new Float32Array();
      const at = row * (memory.length / 10) + column;
      expect(Math.abs((memory[at] ?? NaN) - value)).toBeLessThan(parity.tolerance);
    }
  });

  it('begins a camera with the memory learned in training', async () => {
    const unread: MnadItem = { frames: patternFrames(0), state: { memory: null } };
    const [error, same] = [await mnad.run([unread]), await mnad.run([patternItem(0)])];
    expect(error).toEqual(same);
    expect(unread.state.memory).toHaveLength(rotatedMemory(0).length);
  });
});
