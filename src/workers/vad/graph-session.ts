import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import { AppError } from '../../errors.js';
import type { VadGraph } from '../../vad-model.js';
import { readVerified, type GraphSpec, type TensorSpec } from './model-manifest.js';

// The runtime would write its own lines to stderr; what goes wrong is told by what it throws.
env.logLevel = 'fatal';

/** Where graphs come from and what they run on. */
export interface GraphSource {
  modelsDir: string;
  /** "auto" and "cuda" take CUDA where onnxruntime finds it and fall back to the CPU. */
  device: 'auto' | 'cpu' | 'cuda';
  /** Hears why an accelerator is not used. */
  onFallback: (reason: string) => void;
}

/** The inputs a graph is given and the outputs asked of it; the first axis of each is the batch. */
export type GraphTensors = Record<'inputs' | 'outputs', Record<string, TensorSpec>>;

type Dtype = 'uint8' | 'float32';
/** The items of a batch one after the other. */
type BatchArray = Uint8Array | Float32Array;
const arrayOf = { uint8: Uint8Array, float32: Float32Array };

/** One loaded graph: checked, without state, for items of any number of cameras. */
export class GraphSession {
  readonly sha256: string;
  readonly provider: string;
  readonly #session: InferenceSession;
  readonly #tensors: GraphTensors;
  /** One an input, as large as the largest batch so far. */
  readonly #inputs = new Map<string, BatchArray>();

  private constructor(sha256: string, provider: string, session: InferenceSession, tensors: GraphTensors) {
    this.sha256 = sha256;
    this.provider = provider;
    this.#session = session;
    this.#tensors = tensors;
  }

  /**
   * Loads a graph whose file is the one of the manifest, and which takes and gives `tensors`. Throws `model.missing`,
   * `model.hash_mismatch` or `model.shape_mismatch`; the message names the model.
   */
  static async load(
    source: GraphSource,
    name: VadGraph,
    spec: GraphSpec,
    tensors: GraphTensors,
  ): Promise<GraphSession> {
    checkTensors(name, tensors, spec);
    const graph = readVerified(source.modelsDir, name, spec.graph);
    const { session, provider } = await createSession(graph, name, source);
    try {
      checkTensors(name, tensors, {
        inputs: tensorsOf(session.inputMetadata),
        outputs: tensorsOf(session.outputMetadata),
      });
    } catch (error) {
      await session.release();
      throw error;
    }
    return new GraphSession(spec.graph.sha256, provider, session, tensors);
  }

  /**
   * An array for each input of a batch, to be filled whole and given to the next run. It is the same memory each time:
   * of fresh memory the kernel clears every page, which costs much more than the copies into it.
   */
  inputsFor<Input extends string>(batch: number): Record<Input, BatchArray> {
    const inputs = Object.entries(this.#tensors.inputs).map(([name, { dtype, shape }]) => {
      const length = shape.slice(1).reduce<number>((product, axis) => product * Number(axis), batch);
      const kept = this.#inputs.get(name);
      const array = kept !== undefined && kept.length >= length ? kept : new arrayOf[dtype as Dtype](length);
      this.#inputs.set(name, array);
      return [name, array.subarray(0, length)];
    });
    return Object.fromEntries(inputs) as Record<Input, BatchArray>;
  }

  /**
   * One run. `inputs` hold the items of the batch one after the other, and so do the float32 outputs; the runtime
   * owns those, so copy what is to be kept.
   */
  async run<Output extends string>(
    batch: number,
    inputs: Record<string, BatchArray>,
  ): Promise<Record<Output, Float32Array>> {
    const feeds = Object.entries(this.#tensors.inputs).map(([name, { dtype, shape }]) => {
      const data = inputs[name] ?? new Float32Array();
      return [name, new Tensor(dtype as Dtype, data, [batch, ...shape.slice(1).map(Number)])];
    });
    const outputs = await this.#session.run(
      Object.fromEntries(feeds) as Record<string, Tensor>,
      Object.keys(this.#tensors.outputs),
    );
    const data = Object.entries(outputs).map(([name, { data }]) => [name, data]);
    return Object.fromEntries(data) as Record<Output, Float32Array>;
  }

  /** Frees the session; no run may be under way. */
  async release(): Promise<void> {
    await this.#session.release();
  }
}

async function createSession(
  graph: Buffer,
  name: VadGraph,
  { device, onFallback }: GraphSource,
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
        throw new AppError(
          'model.shape_mismatch',
          `${name} cannot be loaded: ${reason}`,
          { model: name },
          error,
        );
      onFallback(reason);
    }
  }
  throw new AppError('bug', 'no execution provider was tried');
}

function tensorsOf(metadata: readonly InferenceSession.ValueMetadata[]): Record<string, TensorSpec> {
  const tensors = metadata.filter((value) => value.isTensor);
  return Object.fromEntries(
    tensors.map(({ name, type, shape }) => [name, { dtype: type, shape: [...shape] }]),
  );
}

function checkTensors(name: VadGraph, needed: GraphTensors, offered: GraphTensors): void {
  for (const side of ['inputs', 'outputs'] as const) {
    for (const [tensor, spec] of Object.entries(needed[side])) {
      const found = offered[side][tensor];
      if (found !== undefined && describe(found) === describe(spec)) continue;
      const what = `${tensor} of its ${side} must be ${describe(spec)}, not ${found ? describe(found) : 'missing'}`;
      const message = `${name}: ${what}; install a model made for this version`;
      throw new AppError('model.shape_mismatch', message, { model: name });
    }
  }
}

function describe({ dtype, shape }: TensorSpec): string {
  return `${dtype} [${shape.join(', ')}]`;
}
