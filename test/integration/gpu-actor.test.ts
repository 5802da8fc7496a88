import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Gpu } from '../../src/actors/gpu.js';
import type { Child } from '../../src/actors/kernel/supervisor.js';
import { systemClock } from '../../src/clock.js';
import type { AppError } from '../../src/errors.js';
import { VAD_FRAME } from '../../src/frame.js';
import { packagePath } from '../../src/paths.js';
import { openPort, type Port } from '../../src/port.js';
import {
  vadFrameTransfers,
  type VadFrameMessage,
  type VadReturnMessage,
} from '../../src/protocol/camera-gpu.js';
import type { VadReading } from '../../src/protocol/gpu.js';
import { CELLS, motionChannels, type VadModelName } from '../../src/vad-model.js';
import { temporaryDir } from '../support/product.js';

let gpu: Gpu;
let thread: Child;
let readings: VadReading[];
let failures: AppError[];
let ports: Port<VadFrameMessage>[];
let watchers: (() => void)[];

beforeEach(() => {
  [readings, failures, ports, watchers] = [[], [], [], []];
});

afterEach(async () => {
  for (const port of ports) port.close();
  await thread.stop(5_000);
});

async function start(modelsDir = packagePath('models')): Promise<void> {
  gpu = new Gpu({
    modelsDir,
    device: 'cpu',
    clock: systemClock,
    onReadings: (run) => {
      readings.push(...run.readings);
      changed();
    },
    onStarted: () => undefined,
    onFailure: (error) => failures.push(error),
  });
  thread = await gpu.start();
}

function changed(): void {
  for (const watch of [...watchers]) watch();
}

function until(holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const watch = (): void => {
      if (holds()) resolve();
    };
    watchers.push(watch);
    watch();
  });
}

/** A camera's end of its frame channel, with the one buffer that it has. */
class FakeCamera {
  readonly #port: Port<VadFrameMessage>;
  #pixels: ArrayBuffer | null = new ArrayBuffer(VAD_FRAME.bytes);
  #sent = 0;

  constructor(
    readonly id: string,
    model: VadModelName,
  ) {
    const { port1, port2 } = new MessageChannel();
    this.#port = openPort<VadReturnMessage, VadFrameMessage>(port1, vadFrameTransfers, ({ pixels }) => {
      this.#pixels = pixels;
      changed();
    });
    ports.push(this.#port);
    gpu.attach(id, model, port2);
  }

  /** Sends frames one after the other, each when the buffer of the last has come back. */
  async send(frames: number): Promise<void> {
    for (let i = 0; i < frames; i += 1) {
      const pixels = this.#pixels ?? new ArrayBuffer(VAD_FRAME.bytes);
      this.#pixels = null;
      new Uint8Array(pixels).fill(this.#sent);
      const times = { ptsUs: this.#sent * 200_000, wallTime: this.#sent / 5 };
      this.#port.send({ type: 'frame', pixels, ...times, aspect: 0.5625, disturbed: false });
      this.#sent += 1;
      await until(() => this.#pixels !== null);
    }
  }
}

const of = (camera: string): VadReading[] => readings.filter((reading) => reading.camera === camera);
const loaded = (): string[] => gpu.models.map(({ name }) => name);

describe('the GPU worker', () => {
  it("reads cameras of different models, each with its own model's graphs", async () => {
    await start();
    await gpu.useGraphs(['motion', 'mnad']);
    const models: readonly VadModelName[] = ['mnad', 'mulde', 'fused'];
    await Promise.all(models.map((model) => new FakeCamera(model, model).send(5)));
    await until(() => of('mnad').length === 1 && of('mulde').length === 4 && of('fused').length === 4);
    expect(of('mnad')[0]).toMatchObject({ motion: null, ptsUs: 800_000 });
    expect(of('mulde').at(-1)).toMatchObject({ error: null, motion: { stepUs: 200_000 } });
    expect(of('fused').at(-1)?.motion?.cells).toHaveLength(motionChannels.length * CELLS.count);
    expect(of('fused').at(-1)?.error).toHaveLength(24 * 24);
  });

  it('loads graphs when they are asked for, releases them after, and gives frames back all the while', async () => {
    await start();
    expect(loaded()).toEqual([]);
    const camera = new FakeCamera('gate', 'mulde');
    await camera.send(3);
    await gpu.useGraphs(['motion']);
    expect(loaded()).toEqual(['motion']);
    await camera.send(3);
    await until(() => readings.length === 2);
    await gpu.useGraphs([]);
    expect(loaded()).toEqual([]);
    await camera.send(3);
    await gpu.useGraphs(['motion']);
    await camera.send(2);
    await until(() => readings.length === 3);
    expect(readings.map(({ ptsUs }) => ptsUs / 200_000)).toEqual([4, 5, 10]);
  });

  it('forgets a camera that is detached, and begins anew when it is attached again', async () => {
    await start();
    await gpu.useGraphs(['motion']);
    await new FakeCamera('gate', 'mulde').send(2);
    await until(() => readings.length === 1);
    gpu.detach('gate');
    await new FakeCamera('gate', 'mulde').send(2);
    await until(() => readings.length === 2);
    expect(readings.map(({ ptsUs }) => ptsUs)).toEqual([200_000, 200_000]);
  });

  it('without one of the graphs says which, reads with the other, and is well again without a need for it', async () => {
    const dir = path.join(temporaryDir('models'), 'models');
    mkdirSync(dir);
    for (const name of ['manifest.json', 'motion.onnx']) {
      copyFileSync(packagePath(`models/${name}`), path.join(dir, name));
    }
    await start(dir);
    await gpu.useGraphs(['mnad', 'motion']);
    expect(gpu.failure).toMatchObject({ code: 'model.missing', data: { model: 'mnad' } });
    expect(failures.map(({ message }) => message)).toEqual([expect.stringContaining('mnad') as string]);
    expect(loaded()).toEqual(['motion']);
    await new FakeCamera('gate', 'mulde').send(2);
    await until(() => readings.length === 1);
    await gpu.useGraphs(['motion']);
    expect(gpu.failure).toBeNull();
  });
});
