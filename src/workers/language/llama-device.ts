import { AppError } from '../../errors.js';
import type { LlamaSettings } from './llama-model.js';
import { pinLibrary, type LibVariant } from './llama-node.js';
import { tryOut } from './vlm-trial.js';

/** Where and how a VLM runs, as tried out. */
export interface ChosenDevice {
  settings: LlamaSettings;
  /** `cpu`, or the accelerators' names. */
  device: string;
  /** Why no accelerator is used although one was asked for. */
  fallback: string | null;
}

/** Vulkan runs on what the CUDA build is too new for. */
const accelerators: readonly LibVariant[] = ['cuda', 'vulkan'];

/** Models that loaded on the CPU before, by their settings: no need to try them again, and a handful. */
const provenOnCpu = new Set<string>();

/**
 * Tries accelerators, then the CPU. What an accelerator has room for changes, so that is tried at every load. Throws
 * `model.load_failed`.
 */
export async function chooseDevice(
  base: Omit<LlamaSettings, 'variant' | 'accelerated'>,
  device: 'auto' | 'cpu' | 'cuda',
  signal: AbortSignal,
): Promise<ChosenDevice> {
  const refusals: string[] = [];
  for (const variant of device === 'cpu' ? [] : accelerators) {
    const settings = { ...base, variant, accelerated: true };
    const used = await accelerator(settings, signal);
    if (Array.isArray(used)) return { settings, device: used.join(', '), fallback: null };
    refusals.push(used);
  }
  const settings: LlamaSettings = { ...base, variant: 'default', accelerated: false };
  const key = JSON.stringify(settings);
  if (!provenOnCpu.has(key)) await tryOut(settings, signal);
  provenOnCpu.add(key);
  return { settings, device: 'cpu', fallback: device === 'cuda' ? refusals.join('; ') : null };
}

/** The accelerators in use, or why there are none. */
async function accelerator(settings: LlamaSettings, signal: AbortSignal): Promise<string[] | string> {
  const { variant } = settings;
  try {
    pinLibrary(variant);
  } catch {
    return `the ${variant} build of llama.node is not installed, or lacks a library that it needs`;
  }
  try {
    const { devices } = await tryOut(settings, signal);
    // Without a usable driver it takes the CPU and does not say so.
    return devices.length > 0 ? devices : `${variant} finds no device`;
  } catch (error) {
    return `${variant}: ${AppError.from(error).message}`;
  }
}
