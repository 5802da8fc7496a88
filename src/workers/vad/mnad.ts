import { AppError } from '../../errors.js';
import { VAD_FRAME } from '../../frame.js';
import { CELLS } from '../../vad-model.js';
import { GraphSession, type GraphSource, type GraphTensors } from './graph-session.js';
import { mnadSchema, readModelSpec, readVerified } from './model-manifest.js';

/** Frames of a clip: four to predict from, and the one to predict. */
export const WINDOW_FRAMES = 5;

/** One camera's input to a run. */
export interface MnadItem {
  /** uint8 [5, 192, 192] gray, oldest first. */
  frames: Uint8Array;
  /** What the camera keeps from run to run. */
  state: MnadState;
}

interface MnadState {
  /** float32 [items, channels], rows of unit length; null before the first run. Each run writes it anew. */
  memory: Float32Array | null;
}

/**
 * MNAD (Park, Noh, Ham: Learning Memory-guided Normality for Anomaly Detection, CVPR 2020), prediction variant, as
 * a stateless graph: the memory goes in and comes out, so one session serves every camera and batches them.
 */
export class Mnad {
  readonly session: GraphSession;
  /** The items learned in training. */
  readonly #initialMemory: Float32Array;

  private constructor(session: GraphSession, initialMemory: Float32Array) {
    this.session = session;
    this.#initialMemory = initialMemory;
  }

  /** Throws `model.missing`, `model.hash_mismatch` or `model.shape_mismatch`. */
  static async load(source: GraphSource): Promise<Mnad> {
    const spec = readModelSpec(source.modelsDir, 'mnad', mnadSchema);
    const [items, channels] = spec.memory.shape;
    const bytes = readVerified(source.modelsDir, 'mnad', spec.memory);
    if (spec.window !== WINDOW_FRAMES) throw mismatch(`its window must be ${WINDOW_FRAMES} frames`);
    if (bytes.byteLength !== items * channels * Float32Array.BYTES_PER_ELEMENT)
      throw mismatch('the memory has another size than declared');
    // A Buffer need not begin where a float may.
    const memory = new Float32Array(
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
    );
    return new Mnad(await GraphSession.load(source, 'mnad', spec, tensors(items, channels)), memory);
  }

  /**
   * Runs a batch and returns each item's mean squared prediction error of blocks of 8x8 pixels, float32 [24, 24]; an
   * array owns its buffer. An item's result does not depend on the others. A memory that came out with NaN in it is
   * not kept. One run at a time.
   */
  async run(items: readonly MnadItem[]): Promise<Float32Array<ArrayBuffer>[]> {
    const inputs = this.session.inputsFor<'clip' | 'memory'>(items.length);
    items.forEach(({ frames, state }, i) => {
      inputs.clip.set(frames, i * WINDOW_FRAMES * VAD_FRAME.bytes);
      inputs.memory.set(state.memory ?? this.#initialMemory, i * this.#initialMemory.length);
    });
    const outputs = await this.session.run<'error_map' | 'memory_out'>(items.length, inputs);
    return items.map(({ state }, i) => {
      const updated = part(outputs.memory_out, i, this.#initialMemory.length);
      if (updated.every(Number.isFinite)) state.memory = updated;
      return part(outputs.error_map, i, CELLS.count);
    });
  }
}

/** A copy of item `i`. */
function part(batch: Float32Array, i: number, length: number): Float32Array<ArrayBuffer> {
  return batch.slice(i * length, (i + 1) * length);
}

function tensors(items: number, channels: number): GraphTensors {
  const memory = { dtype: 'float32', shape: ['B', items, channels] };
  return {
    inputs: {
      clip: { dtype: 'uint8', shape: ['B', WINDOW_FRAMES, VAD_FRAME.height, VAD_FRAME.width] },
      memory,
    },
    outputs: { error_map: { dtype: 'float32', shape: ['B', CELLS.rows, CELLS.columns] }, memory_out: memory },
  };
}

function mismatch(what: string): AppError {
  const message = `mnad: ${what}; install a model made for this version`;
  return new AppError('model.shape_mismatch', message, { model: 'mnad' });
}
