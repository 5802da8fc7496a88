import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import { AppError } from '../errors.js';
import { VAD_FRAME } from '../frame.js';
import { readManifest, readVerified, type ModelSpec, type TensorSpec } from './model-manifest.js';

// The runtime would write its own lines to stderr; what goes wrong is told by what it throws.
env.logLevel = 'fatal';

/** One camera's input to a run; the model reads it and writes the new memory back. */
export interface MnadItem {
  /** uint8 [window, 192, 192] gray, oldest first. */
  window: Uint8Array;
  /** float32 [items, channels], rows of unit length; replaced in place by the run's updated memory. */
  memory: Float32Array;
}

/**
 * MNAD (Park, Noh, Ham: Learning Memory-guided Normality for Anomaly Detection, CVPR 2020), prediction variant, as
 * a stateless graph: the memory goes in and comes out, so one session serves every camera and batches them.
 */
export class Mnad {
  readonly sha256: string;
  readonly window: number;
  readonly provider: string;
  readonly #session: InferenceSession;
  readonly #initialMemory: Float32Array;
  readonly #memoryShape: readonly [number, number];

  private constructor(spec: ModelSpec, session: InferenceSession, provider: string, memory: Float32Array) {
    this.sha256 = spec.graph.sha256;
    this.window = spec.window;
    this.provider = provider;
    this.#session = session;
    this.#initialMemory = memory;
    this.#memoryShape = spec.memory.shape;
  }

  /**
   * Checks the model's files against their manifest and loads them. Throws `model.missing`, `model.hash_mismatch` or
   * `model.shape_mismatch`. `device` "auto" takes CUDA where onnxruntime finds it and falls back to the CPU;
   * `onFallback` hears why.
   */
  static async load(
    modelsDir: string,
    device: 'auto' | 'cpu' | 'cuda',
    onFallback: (reason: string) => void,
  ): Promise<Mnad> {
    const spec = readManifest(modelsDir);
    const graph = readVerified(modelsDir, spec.graph);
    const bytes = readVerified(modelsDir, spec.memory);
    const memory = new Float32Array(
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
    );
    const { session, provider } = await createSession(graph, device, onFallback);
    checkShapes(spec, session, memory);
    return new Mnad(spec, session, provider, memory);
  }

  /** A camera's memory to begin with: the items learned in training. */
  newMemory(): Float32Array {
    return this.#initialMemory.slice();
  }

  /**
   * Runs a batch and returns, for each item, the largest mean squared prediction error in a 24x24 px window. An
   * item's result does not depend on the others. A memory that came out with NaN in it is not kept.
   */
  async run(items: readonly MnadItem[]): Promise<number[]> {
    const windowBytes = this.window * VAD_FRAME.bytes;
    const [rows, channels] = this.#memoryShape;
    const clip = new Uint8Array(items.length * windowBytes);
    const memory = new Float32Array(items.length * rows * channels);
    items.forEach((item, i) => {
      clip.set(item.window, i * windowBytes);
      memory.set(item.memory, i * rows * channels);
    });
    const outputs = await this.#session.run(
      {
        clip: new Tensor('uint8', clip, [items.length, this.window, VAD_FRAME.height, VAD_FRAME.width]),
        memory: new Tensor('float32', memory, [items.length, rows, channels]),
      },
      ['peak', 'memory_out'],
    );
    const updated = outputs['memory_out']?.data as Float32Array;
    items.forEach((item, i) => {
      const next = updated.subarray(i * rows * channels, (i + 1) * rows * channels);
      if (next.every(Number.isFinite)) item.memory.set(next);
    });
    return Array.from(outputs['peak']?.data as Float32Array);
  }

  /** Frees the session; no run may be under way. */
  async release(): Promise<void> {
    await this.#session.release();
  }
}

async function createSession(
  graph: Buffer,
  device: 'auto' | 'cpu' | 'cuda',
  onFallback: (reason: string) => void,
): Promise<{ session: InferenceSession; provider: string }> {
  // One thread: on a small machine two threads of one run cost more than they bring beside the decoders.
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 } as const;
  const providers = device === 'cpu' ? ['cpu'] : ['cuda', 'cpu'];
  for (const provider of providers) {
    try {
      const session = await InferenceSession.create(graph, { ...options, executionProviders: [provider] });
      return { session, provider };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (provider === 'cpu')
        throw new AppError('model.shape_mismatch', `mnad cannot be loaded: ${reason}`, {}, error);
      onFallback(reason);
    }
  }
  throw new AppError('bug', 'no execution provider was tried');
}

function checkShapes(spec: ModelSpec, session: InferenceSession, memory: Float32Array): void {
  const fail = (what: string): never => {
    throw new AppError('model.shape_mismatch', `mnad: ${what}; install a model made for this version`);
  };
  const frame: TensorSpec['shape'] = ['B', spec.window, VAD_FRAME.height, VAD_FRAME.width];
  if (JSON.stringify(spec.inputs['clip']?.shape) !== JSON.stringify(frame))
    fail(`clip must be ${frame.join(' x ')}`);
  if (memory.length !== spec.memory.shape[0] * spec.memory.shape[1])
    fail('the memory has another size than declared');
  for (const name of Object.keys(spec.inputs))
    if (!session.inputNames.includes(name)) fail(`no input ${name}`);
  for (const name of Object.keys(spec.outputs))
    if (!session.outputNames.includes(name)) fail(`no output ${name}`);
}
