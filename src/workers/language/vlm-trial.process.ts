/** A process of its own that loads a VLM and tells on what: it dies of a bad one in place of the product. */
import { loadLlama, type LlamaSettings } from './llama-model.js';
import type { TrialResult } from './vlm-trial.js';

const model = await loadLlama(JSON.parse(process.argv[2] ?? '') as LlamaSettings);
const result: TrialResult = { devices: model.getUsedDevices() };
await model.release();
process.send?.(result, () => {
  process.disconnect();
});
