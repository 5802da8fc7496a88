import type { Config } from '../config/config.js';
import { AppError } from '../errors.js';
import type { ModelToPull } from './catalogue.js';
import { resolveVlm } from './installed-models.js';
import { listPulled, readPulled, type PulledModel } from './pulled-models.js';

/** What can be pulled, what was, and which is used, as text. */
export function modelsListing(models: readonly ModelToPull[], config: Config): string {
  const known = models.map((model) => {
    const { name, title, licence, text, projector } = model;
    const bytes = (text.sizeBytes ?? 0) + (projector?.sizeBytes ?? 0);
    const state = stateOf(readPulled(config.data_dir, name));
    return `${row(name, `${(bytes / 1e9).toFixed(1)} GB`, state)}\n    ${title}\n    licence: ${licence}\n`;
  });
  const own = listPulled(config.data_dir)
    .filter(({ name }) => !models.some((model) => model.name === name))
    .map((model) => `${row(model.name, '', stateOf(model))}\n`);
  return [...known, ...own, `\nVLM for real cameras: ${vlmInUse(config)}\n`].join('');
}

function row(name: string, size: string, state: string): string {
  return `${name.padEnd(20)} ${size.padStart(7)}  ${state}`;
}

function stateOf(model: PulledModel | null): string {
  if (model === null) return 'not pulled';
  if ('error' in model) return `damaged: remove it, and pull it again (${model.error.message})`;
  return model.manifest.kind === 'vlm' ? 'pulled' : 'pulled, for agent.model';
}

function vlmInUse(config: Config): string {
  try {
    const choice = resolveVlm(config, { demo: false });
    return 'absent' in choice ? `none; ${choice.why}` : choice.source.name;
  } catch (thrown) {
    return `none; ${AppError.from(thrown).message}`;
  }
}
