import type { Config } from '../config/config.js';
import type { ModelDeclaration } from './ledger.js';

/**
 * The product's models, the most important first. Without the VAD nothing is seen at all, so it never gives way.
 * Without the agent the written policy decides, so it may. The VLM goes first of all: it is the largest and slowest,
 * each of its answers frees the most, and an event without one is only `unverified`.
 */
export function productModels(resources: Config['resources']): ModelDeclaration<ProductModel>[] {
  const { vad_mb, vlm_mb, agent_mb } = resources;
  return [
    { name: 'vad', declaredMb: vad_mb, keep: 'always', setting: 'resources.vad_mb' },
    { name: 'agent', declaredMb: agent_mb, keep: 'onDemand', setting: 'resources.agent_mb' },
    { name: 'vlm', declaredMb: vlm_mb, keep: 'onDemand', setting: 'resources.vlm_mb' },
  ];
}

export type ProductModel = 'vad' | 'agent' | 'vlm';
