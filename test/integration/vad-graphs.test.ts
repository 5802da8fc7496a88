import { copyFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { VAD_FRAME } from '../../src/frame.js';
import { packagePath } from '../../src/paths.js';
import { graphsOf, type VadGraph, type VadModelName } from '../../src/vad-model.js';
import { CameraWindow } from '../../src/workers/vad/camera-window.js';
import {
  graphInput,
  VadGraphs,
  type GraphInput,
  type GraphOutput,
} from '../../src/workers/vad/vad-graphs.js';
import { temporaryDir } from '../support/product.js';

const models = packagePath('models');
const both: readonly VadGraph[] = ['motion', 'mnad'];

function graphsIn(modelsDir: string, onFallback: (reason: string) => void = () => undefined): VadGraphs {
  return new VadGraphs({ modelsDir, device: 'cpu', onFallback }, systemClock);
}

const loadedIn = (graphs: VadGraphs): VadGraph[] => graphs.models.map(({ name }) => name);

interface Scene {
  model: VadModelName;
  seed: number;
  frames: number;
}

/** A camera's window after some frames of a texture that drifts; each seed has its own. */
function sceneInput({ model, seed, frames }: Scene): GraphInput | null {
  const window = new CameraWindow();
  for (let t = 0; t < frames; t += 1) {
    const pixels = Uint8Array.from({ length: VAD_FRAME.bytes }, (_value, at) => {
      const x = (at % VAD_FRAME.width) - (seed % 5) * t;
      const y = Math.floor(at / VAD_FRAME.width) + (seed % 3) * t;
      return 6 * Math.abs((x & 31) - 16) + ((y * seed) & 127);
    });
    window.push({ pixels: pixels.buffer, ptsUs: t * 200_000, aspect: 0.5 + (seed % 4) / 4 });
  }
  return graphInput(window, graphsOf[model]);
}

function expectClose(actual: Float32Array | undefined, expected: Float32Array | undefined): void {
  expect(actual?.length).toBe(expected?.length);
  const worst = expected?.reduce(
    (most, value, i) => Math.max(most, Math.abs((actual?.[i] ?? NaN) - value) / Math.max(1, Math.abs(value))),
    0,
  );
  expect(worst ?? 0).toBeLessThanOrEqual(1e-6);
}

describe('the graphs', () => {
  let graphs: VadGraphs;
  beforeAll(async () => {
    graphs = graphsIn(models);
    await graphs.use(both);
  });

  const readAlone = async (input: GraphInput): Promise<GraphOutput | undefined> =>
    (await graphs.read([input])).outputs[0];

  it('read a frame the same alone and among those of other cameras, in any order', async () => {
    const scene = fc.record({
      model: fc.constantFrom('mnad', 'mulde', 'fused'),
      seed: fc.integer({ min: 1, max: 50 }),
      frames: fc.constantFrom(2, 5),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(scene, { minLength: 2, maxLength: 4 }), async (scenes) => {
        const inputsOf = (): GraphInput[] => scenes.map(sceneInput).filter((input) => input !== null);
        const { outputs } = await graphs.read(inputsOf());
        for (const [i, input] of inputsOf().entries()) {
          const alone = await readAlone(input);
          expectClose(outputs[i]?.motion?.cells, alone?.motion?.cells);
          expectClose(outputs[i]?.error ?? undefined, alone?.error ?? undefined);
        }
      }),
      { numRuns: 6 },
    );
  });

  it('give arrays that own their buffers, as they move to another thread', async () => {
    const input = sceneInput({ model: 'fused', seed: 3, frames: 5 });
    const { outputs } = await graphs.read(input === null ? [] : [input, input]);
    const arrays = outputs.flatMap(({ motion, error }) => [motion?.cells, error]);
    expect(arrays).toHaveLength(4);
    for (const values of arrays) expect(values?.buffer.byteLength).toBe(values?.byteLength);
  });

  it('run only where there is something for them', async () => {
    const input = sceneInput({ model: 'mulde', seed: 1, frames: 5 });
    const { runMs, outputs } = await graphs.read(input === null ? [] : [input]);
    expect(Object.keys(runMs)).toEqual(['motion']);
    expect(outputs).toMatchObject([{ motion: { stepUs: 200_000 }, error: null }]);
  });
});

describe('graphs on demand', () => {
  it('are loaded when named, released when not, and come back', async () => {
    const graphs = graphsIn(models);
    expect([loadedIn(graphs), graphs.provider]).toEqual([[], 'none']);
    await graphs.use(['mnad']);
    expect([loadedIn(graphs), graphs.provider]).toEqual([['mnad'], 'cpu']);
    await graphs.use(['motion']);
    expect(loadedIn(graphs)).toEqual(['motion']);
    expect([graphs.has(['motion']), graphs.has(['mnad']), graphs.has(both)]).toEqual([true, false, false]);
    await graphs.use(both);
    const input = sceneInput({ model: 'fused', seed: 1, frames: 5 });
    const { outputs } = await graphs.read(input === null ? [] : [input]);
    expect(outputs[0]?.error).toHaveLength(24 * 24);
    await graphs.use([]);
    expect(loadedIn(graphs)).toEqual([]);
  });

  it('stay loaded when another cannot be loaded', async () => {
    const dir = copyOfModels();
    rmSync(path.join(dir, 'mnad.onnx'));
    const graphs = graphsIn(dir);
    await expect(graphs.use(both)).rejects.toMatchObject({ code: 'model.missing', data: { model: 'mnad' } });
    expect(loadedIn(graphs)).toEqual(['motion']);
  });

  it('on a device that is not there fall back to the CPU and say why', async () => {
    const reasons: string[] = [];
    const onFallback = (reason: string): number => reasons.push(reason);
    const graphs = new VadGraphs({ modelsDir: models, device: 'auto', onFallback }, systemClock);
    await graphs.use(['motion']);
    if (graphs.provider === 'cpu') expect(reasons[0]).toMatch(/cuda/i);
    await graphs.use([]);
  });
});

function copyOfModels(): string {
  const dir = path.join(temporaryDir('models'), 'models');
  mkdirSync(dir);
  for (const name of ['manifest.json', 'motion.onnx', 'mnad.onnx', 'mnad.memory.f32']) {
    copyFileSync(path.join(models, name), path.join(dir, name));
  }
  return dir;
}

interface Manifest {
  models: Record<VadGraph, Record<string, unknown>>;
}

function editManifest(dir: string, edit: (manifest: Manifest) => unknown): void {
  const file = path.join(dir, 'manifest.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  edit(manifest);
  writeFileSync(file, JSON.stringify(manifest));
}

describe('a model folder that is not right', () => {
  it('without a manifest: model.missing, with the file named', async () => {
    await expect(graphsIn('/nowhere').use(['motion'])).rejects.toMatchObject({
      code: 'model.missing',
      message: expect.stringContaining('/nowhere/manifest.json') as string,
    });
  });

  it('with a manifest that is no JSON: model.shape_mismatch', async () => {
    const dir = copyOfModels();
    writeFileSync(path.join(dir, 'manifest.json'), '{');
    await expect(graphsIn(dir).use(['mnad'])).rejects.toMatchObject({ code: 'model.shape_mismatch' });
  });

  it.each(both)('without the graph %s: model.missing', async (name) => {
    const dir = copyOfModels();
    rmSync(path.join(dir, `${name}.onnx`));
    const expected = { code: 'model.missing', data: { model: name } };
    await expect(graphsIn(dir).use([name])).rejects.toMatchObject(expected);
  });

  it.each(both)('with a truncated graph %s: model.hash_mismatch', async (name) => {
    const dir = copyOfModels();
    truncateSync(path.join(dir, `${name}.onnx`), 1_000);
    const expected = { code: 'model.hash_mismatch', data: { model: name } };
    await expect(graphsIn(dir).use([name])).rejects.toMatchObject(expected);
  });

  it.each([
    ['an MNAD made for another window', ({ mnad }) => (mnad['window'] = 9)],
    [
      'inputs declared that are not what it is given',
      ({ motion, mnad }) => (motion['inputs'] = mnad['inputs']),
    ],
    [
      'a graph that is not what the manifest says of it',
      ({ motion, mnad }) => (motion['graph'] = mnad['graph']),
    ],
  ] satisfies [string, (models: Manifest['models']) => unknown][])(
    'with %s: model.shape_mismatch',
    async (_what, edit) => {
      const dir = copyOfModels();
      editManifest(dir, (manifest) => edit(manifest.models));
      await expect(graphsIn(dir).use(both)).rejects.toMatchObject({ code: 'model.shape_mismatch' });
    },
  );
});
