import { AppError } from '../../errors.js';
import { llamaNode, pinLibrary, type LibVariant, type LlamaModel } from './llama-node.js';

/** How a VLM's two files are loaded. Plain data: a process of its own tries it out first. */
export interface LlamaSettings {
  /** Shown in errors. */
  name: string;
  /** Absolute paths. */
  text: string;
  projector: string;
  variant: LibVariant;
  /** Every layer goes to the accelerator, or none. */
  accelerated: boolean;
  contextTokens: number;
  /** CPU threads. More than there are idle cores make it many times slower. */
  threads: number;
}

const ALL_LAYERS = 999;

/**
 * Loads a VLM, and blocks the thread meanwhile. Throws `model.load_failed` when the projector does not fit the text
 * model. A file that llama.cpp refuses, or memory that is not there, takes the process down: see `tryOut`.
 */
export async function loadLlama(settings: LlamaSettings): Promise<LlamaModel> {
  pinLibrary(settings.variant);
  const model = await llamaNode().loadModel({
    model: settings.text,
    lib_variant: settings.variant,
    n_ctx: settings.contextTokens,
    n_threads: settings.threads,
    // Both are told apart on purpose: left out, layers go to an accelerator and the projector does not.
    n_gpu_layers: settings.accelerated ? ALL_LAYERS : 0,
  });
  try {
    quietly(() => model.initMultimodal({ path: settings.projector, use_gpu: settings.accelerated }));
  } catch (error) {
    await model.release();
    const message = `the projector of ${settings.name} does not fit its text model; fetch both anew, as one pair`;
    throw new AppError('model.load_failed', message, { model: settings.name }, error);
  }
  return model;
}

/** The addon calls `console.log` from inside, which would reach standard output by way of the main thread. */
function quietly(run: () => void): void {
  const { console: output } = globalThis;
  const before = Object.getOwnPropertyDescriptor(output, 'log') ?? {};
  output.log = () => undefined;
  try {
    run();
  } finally {
    Object.defineProperty(output, 'log', before);
  }
}
