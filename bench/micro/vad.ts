/** What the VAD service adds to the runs of its session: windows, batches, the queue and copies. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { systemClock } from '../../src/clock.js';
import { VAD_FRAME } from '../../src/frame.js';
import { packagePath } from '../../src/paths.js';
import { seededRandom } from '../../src/random.js';
import { GpuQueue } from '../../src/workers/gpu-queue.js';
import { WINDOW_FRAMES } from '../../src/workers/vad/mnad.js';
import { mnadSchema, readModelSpec, readVerified } from '../../src/workers/vad/model-manifest.js';
import { VadGraphs } from '../../src/workers/vad/vad-graphs.js';
import { VadService } from '../../src/workers/vad/vad-service.js';
import { cpuMsPerCall, interleaved, needsNothing, type Benchmark } from './measure.js';
import { wanted } from './targets.js';

/** As many frames as the service puts into a run at most. */
const CAMERAS = 8;
const RUNS = 12;
const FRAME_US = 200_000;

export const vad: Benchmark = {
  name: 'vad',
  missing: needsNothing,
  async measure({ rounds, size }) {
    const runs = Math.max(2, Math.round(RUNS * size));
    const service = await openService();
    const session = await openSession();
    for (let frame = 1; frame < WINDOW_FRAMES; frame += 1) {
      service.fill();
      await nextTurn();
    }
    const perS = (cpuMs: number) => (CAMERAS * 1_000) / cpuMs;
    const { ours, baseline } = await interleaved(rounds, {
      ours: async () => perS(await cpuMsPerCall(runs, () => service.score())),
      baseline: async () => perS(await cpuMsPerCall(runs, () => session.run())),
    });
    await service.close();
    await session.close();
    return [
      {
        ...wanted.vad,
        unit: 'frames a CPU second',
        ours,
        baseline,
      },
    ];
  },
};

/** The body of the GPU worker, its cameras' frames at hand. */
async function openService() {
  const graphs = new VadGraphs(
    { modelsDir: packagePath('models'), device: 'cpu', onFallback: () => undefined },
    systemClock,
  );
  await graphs.use(['mnad']);
  const cameras = Array.from({ length: CAMERAS }, (_, i) => `camera${i}`);
  const pixels = new Map(cameras.map((camera) => [camera, noise()]));
  let ptsUs = 0;
  let scored: { resolve: () => void; reject: (error: unknown) => void } | null = null;
  const service = new VadService({
    graphs,
    queue: new GpuQueue(systemClock, 64),
    clock: systemClock,
    giveBack(camera, buffer) {
      pixels.set(camera, buffer);
    },
    onReadings({ readings }) {
      if (readings.length === CAMERAS) scored?.resolve();
      else scored?.reject(new Error(`${readings.length} readings of ${CAMERAS} frames`));
    },
    onFailure(error) {
      scored?.reject(error);
    },
  });
  for (const camera of cameras) service.attach(camera, 'mnad');
  const offer = (): void => {
    ptsUs += FRAME_US;
    for (const [camera, buffer] of pixels)
      service.offer(camera, {
        type: 'frame',
        pixels: buffer,
        ptsUs,
        wallTime: ptsUs / 1e6,
        aspect: 9 / 16,
        disturbed: false,
      });
  };
  return {
    /** Offers a frame of each camera, while there are no windows to read yet; they are taken in by the next turn. */
    fill: offer,
    score: () =>
      new Promise<void>((resolve, reject) => {
        scored = { resolve, reject };
        offer();
      }),
    close: () => graphs.use([]),
  };
}

/** The same graph with the same settings, and tensors made once. */
async function openSession() {
  const modelsDir = packagePath('models');
  const spec = readModelSpec(modelsDir, 'mnad', mnadSchema);
  const session = await InferenceSession.create(readVerified(modelsDir, 'mnad', spec.graph), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionProviders: ['cpu'],
  });
  const clip = new Uint8Array(CAMERAS * WINDOW_FRAMES * VAD_FRAME.bytes);
  for (let at = 0; at < clip.length; at += VAD_FRAME.bytes) clip.set(new Uint8Array(noise()), at);
  const bytes = readVerified(modelsDir, 'mnad', spec.memory);
  const initial = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const memory = new Float32Array(CAMERAS * initial.length);
  for (let camera = 0; camera < CAMERAS; camera += 1) memory.set(initial, camera * initial.length);
  const feeds = {
    clip: new Tensor('uint8', clip, [CAMERAS, WINDOW_FRAMES, VAD_FRAME.height, VAD_FRAME.width]),
    memory: new Tensor('float32', memory, [CAMERAS, ...spec.memory.shape]),
  };
  // What the service asks for: the runtime leaves out what only other outputs need.
  const outputs = ['error_map', 'memory_out'];
  return { run: () => session.run(feeds, outputs), close: () => session.release() };
}

function noise(): ArrayBuffer {
  const random = seededRandom(1);
  return Uint8Array.from({ length: VAD_FRAME.bytes }, () => random() * 256).buffer;
}
