import { createRequire, Module } from 'node:module';
import { constants } from 'node:os';

/** Binaries of the binding, each in a package of its own; `default` runs on the CPU. */
export type LibVariant = 'default' | 'vulkan' | 'cuda';

/** What the product uses of `@fugood/llama.node`. */
export interface LlamaNode {
  /** Blocks the thread. A file that llama.cpp refuses takes the process down. */
  loadModel(options: {
    model: string;
    lib_variant: LibVariant;
    n_ctx: number;
    n_threads: number;
    n_gpu_layers: number;
  }): Promise<LlamaModel>;
}

/** Nothing may be called once it is released: that takes the process down. */
export interface LlamaModel {
  readonly ctx: LlamaContext;
  /** Blocks the thread, and throws for a file that does not fit. */
  initMultimodal(options: { path: string; use_gpu: boolean }): boolean;
  /** Accelerators that layers lie on; empty when all runs on the CPU. */
  getUsedDevices(): string[];
  /** By the model's own template, with a marker in place of each picture. */
  getFormattedChat(messages: readonly { role: 'user'; content: readonly MessagePart[] }[]): {
    prompt: string;
  };
  stopCompletion(): void;
  /** Takes the process down while a completion is under way. */
  release(): Promise<void>;
}

type MessagePart = { type: 'image_url'; image_url: { url: string } } | { type: 'text'; text: string };

interface LlamaContext {
  /** Refused with "in progress" for ever once one has failed. A schema without a grammar takes the process down. */
  completion(options: {
    prompt: string;
    /** Data URLs. */
    media_paths: readonly string[];
    response_format: { type: 'json_schema'; json_schema: { schema: object } };
    n_predict: number;
    temperature: number;
    xtc_probability: number;
  }): Promise<{ text: string; tokens_predicted: number; interrupted: boolean; context_full: boolean }>;
}

const require = createRequire(import.meta.url);
/** Of dlopen(3): the library stays, whoever closes it. */
const RTLD_NODELETE = process.platform === 'darwin' ? 0x80 : 0x1000;

/**
 * Loads the binding, which a process without a VLM never does. Not by `import`: the package brings TypeScript sources
 * instead of declarations, and those do not compile under strict options.
 */
export function llamaNode(): LlamaNode {
  return require('@fugood/llama.node') as LlamaNode;
}

/**
 * Loads a variant's library for the life of the process; goes before the first use of it. Node.js would unload it with
 * the last thread that uses it, but llama.cpp's own threads run on, and die in code that is not there any more. Throws
 * when the variant is not installed, or its library does not load here.
 */
export function pinLibrary(variant: LibVariant): void {
  const suffix = variant === 'default' ? '' : `-${variant}`;
  const name = `@fugood/node-llama-${process.platform}-${process.arch}${suffix}`;
  const library = createRequire(require.resolve('@fugood/llama.node')).resolve(name);
  // A library registers itself once in a thread, so the binding has to find this very module.
  if (require.cache[library] !== undefined) return;
  const module = new Module(library);
  process.dlopen(module, library, constants.dlopen.RTLD_NOW | RTLD_NODELETE);
  module.loaded = true;
  require.cache[library] = module;
}
