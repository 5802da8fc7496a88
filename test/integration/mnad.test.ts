import { copyFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { packagePath } from '../../src/paths.js';
import { VAD_FRAME } from '../../src/frame.js';
import { Mnad, type MnadItem } from '../../src/workers/mnad.js';
import { temporaryDir } from '../support/product.js';

const models = packagePath('models');
const side = VAD_FRAME.width;

interface Parity {
  tolerance: number;
  peak: number[];
  memory_out: { index: [number, number, number]; value: number }[];
}

const parity = JSON.parse(readFileSync(packagePath('test/fixtures/mnad-parity.json'), 'utf8')) as Parity;

let mnad: Mnad;
beforeAll(async () => {
  mnad = await load(models);
});

function load(dir: string): Promise<Mnad> {
  return Mnad.load(dir, 'cpu', () => undefined);
}

/** The pattern that the fixture describes: still for item 0, moving bars that jump for item 1. */
function patternWindow(item: number): Uint8Array {
  const window = new Uint8Array(mnad.window * VAD_FRAME.bytes);
  for (let t = 0; t < mnad.window; t += 1) {
    const shift = item === 0 ? 0 : 5 * t + (t === 4 ? 17 : 0);
    for (let y = 0; y < side; y += 1) {
      for (let x = 0; x < side; x += 1) {
        const isBar = ((x - shift) & 63) < 12 && (y & 63) < 40;
        const ground = ((x >> 3) * 5 + (y >> 3) * 3) % 128;
        window[(t * side + y) * side + x] = ground + (isBar ? 100 : 20);
      }
    }
  }
  return window;
}

/** The initial memory with its rows rotated by `item`. */
function rotatedMemory(item: number): Float32Array {
  const memory = mnad.newMemory();
  const channels = memory.length / 10;
  const rotated = new Float32Array(memory.length);
  for (let row = 0; row < 10; row += 1) {
    rotated.set(
      memory.subarray(((row + item) % 10) * channels, (((row + item) % 10) + 1) * channels),
      row * channels,
    );
  }
  return rotated;
}

const items = (): MnadItem[] =>
  [0, 1].map((item) => ({ window: patternWindow(item), memory: rotatedMemory(item) }));

describe('MNAD in onnxruntime', () => {
  it('gives what PyTorch gave, within 1e-4', async () => {
    const batch = items();
    const peaks = await mnad.run(batch);
    peaks.forEach((peak, i) => {
      expect(Math.abs(peak - (parity.peak[i] ?? NaN))).toBeLessThan(parity.tolerance);
    });
    for (const { index, value } of parity.memory_out) {
      const [item, row, column] = index;
      const memory = batch[item]?.memory ?? new Float32Array();
      expect(Math.abs((memory[row * (memory.length / 10) + column] ?? NaN) - value)).toBeLessThan(
        parity.tolerance,
      );
    }
  });

  it('scores a frame the same alone and in any batch, in any order: no state leaks between cameras', async () => {
    const alone = await Promise.all(items().map(async (item) => (await mnad.run([item]))[0] ?? NaN));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(1), { minLength: 1, maxLength: 4 }), async (order) => {
        const batch = order.map((i) => ({ window: patternWindow(i), memory: rotatedMemory(i) }));
        const peaks = await mnad.run(batch);
        peaks.forEach((peak, k) => {
          expect(peak).toBeCloseTo(alone[order[k] ?? 0] ?? NaN, 5);
        });
      }),
      { numRuns: 10 },
    );
  });
});

describe('a model folder that is not right', () => {
  function copyOfModels(): string {
    const dir = path.join(temporaryDir('models'), 'models');
    mkdirSync(dir);
    for (const name of ['manifest.json', 'mnad.onnx', 'mnad.memory.f32']) {
      copyFileSync(path.join(models, name), path.join(dir, name));
    }
    return dir;
  }

  function editManifest(dir: string, edit: (text: string) => string): void {
    const file = path.join(dir, 'manifest.json');
    writeFileSync(file, edit(readFileSync(file, 'utf8')));
  }

  it('without a manifest: model.missing, with the file named', async () => {
    await expect(load('/nowhere')).rejects.toMatchObject({
      code: 'model.missing',
      message: expect.stringContaining('/nowhere/manifest.json') as string,
    });
  });

  it('without the graph: model.missing', async () => {
    const dir = copyOfModels();
    rmSync(path.join(dir, 'mnad.onnx'));
    await expect(load(dir)).rejects.toMatchObject({ code: 'model.missing' });
  });

  it('with a truncated graph: model.hash_mismatch', async () => {
    const dir = copyOfModels();
    truncateSync(path.join(dir, 'mnad.onnx'), 1_000);
    await expect(load(dir)).rejects.toMatchObject({ code: 'model.hash_mismatch' });
  });

  it('made for another window: model.shape_mismatch', async () => {
    const dir = copyOfModels();
    editManifest(dir, (text) => text.replace(/"window":\s*5/, '"window": 9'));
    await expect(load(dir)).rejects.toMatchObject({ code: 'model.shape_mismatch' });
  });

  it('with a manifest that is no JSON: model.shape_mismatch', async () => {
    const dir = copyOfModels();
    editManifest(dir, () => '{');
    await expect(load(dir)).rejects.toMatchObject({ code: 'model.shape_mismatch' });
  });
});

describe('device "auto" without an accelerator', () => {
  it('falls back to the CPU and says why', async () => {
    const reasons: string[] = [];
    const loaded = await Mnad.load(models, 'auto', (reason) => reasons.push(reason));
    if (loaded.provider === 'cpu') expect(reasons[0]).toMatch(/cuda/i);
    await loaded.release();
  });
});
