import { VAD_FRAME } from '../../frame.js';
import { CELLS, motionChannels } from '../../vad-model.js';
import { GraphSession, type GraphSource } from './graph-session.js';
import { graphSchema, readModelSpec } from './model-manifest.js';

const TENSORS = {
  inputs: {
    pair: { dtype: 'uint8', shape: ['B', 2, VAD_FRAME.height, VAD_FRAME.width] },
    aspect: { dtype: 'float32', shape: ['B'] },
  },
  outputs: { cells: { dtype: 'float32', shape: ['B', motionChannels.length, CELLS.rows, CELLS.columns] } },
};

/** Two frames of one camera, each uint8 [192, 192] gray. */
export interface MotionItem {
  earlier: Uint8Array;
  later: Uint8Array;
  /** Height of the stream's picture by its width. */
  aspect: number;
}

/**
 * Dense optical flow (Lucas and Kanade: An Iterative Image Registration Technique with an Application to Stereo
 * Vision, IJCAI 1981) as a graph without weights or state.
 */
export class Motion {
  readonly session: GraphSession;

  private constructor(session: GraphSession) {
    this.session = session;
  }

  /** Throws `model.missing`, `model.hash_mismatch` or `model.shape_mismatch`. */
  static async load(source: GraphSource): Promise<Motion> {
    const spec = readModelSpec(source.modelsDir, 'motion', graphSchema);
    return new Motion(await GraphSession.load(source, 'motion', spec, TENSORS));
  }

  /**
   * Runs a batch and returns each item's cells, float32 [channels, 24, 24] by `motionChannels`; an array owns its
   * buffer. An item's result does not depend on the others. One run at a time.
   */
  async run(items: readonly MotionItem[]): Promise<Float32Array<ArrayBuffer>[]> {
    const inputs = this.session.inputsFor<'pair' | 'aspect'>(items.length);
    items.forEach(({ earlier, later, aspect }, i) => {
      inputs.pair.set(earlier, 2 * i * VAD_FRAME.bytes);
      inputs.pair.set(later, (2 * i + 1) * VAD_FRAME.bytes);
      inputs.aspect[i] = aspect;
    });
    const { cells } = await this.session.run<'cells'>(items.length, inputs);
    const length = motionChannels.length * CELLS.count;
    return items.map((_item, i) => cells.slice(i * length, (i + 1) * length));
  }
}
