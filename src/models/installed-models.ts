/** Which language models the product uses: the shipped ones, those that were pulled, or an endpoint. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Config } from '../config/config.js';
import { AppError } from '../errors.js';
import type { AgentModel, ModelFile } from '../model-file.js';
import type { ClipWish } from '../protocol/camera.js';
import type { VlmSource } from '../protocol/vlm.js';
import type { PromptName } from '../verification/prompt.js';
import { agentEntrySchema, parseManifest, vlmEntrySchema, type PulledManifest } from './model-entry.js';
import { listPulled, MANIFEST, readPulled, type PulledModel } from './pulled-models.js';

type Settings = Pick<Config, 'data_dir' | 'models_dir' | 'vlm' | 'agent'>;

/** A VLM, and how it wants to be asked. */
export interface VlmChoice {
  source: VlmSource;
  prompt: PromptName;
  wish: ClipWish;
  /** MiB that it takes by its manifest's estimate; null when that says nothing, 0 for an endpoint. */
  declaredMb: number | null;
}

/** There is none to use, which is no error. */
export interface NoModel {
  absent: 'no_model';
  /** For people. */
  why: string;
}

/** What the shipped models are called in the configuration, in events and in traces. */
export const SHIPPED = 'shipped';

/** Pixels: large enough for a person in the distance, and small enough for a server's upload limit. */
const ENDPOINT_WIDTH = 640;

const shippedSchema = z.object({ version: z.literal(1), models: z.record(z.string(), z.unknown()) });

/**
 * The VLM that the configuration asks for. The shipped one knows drawn scenes only: it is the default of the demo, and
 * real cameras go without until one is pulled. Throws `model.missing` when the one that is named is not there and
 * `model.shape_mismatch` when its manifest is damaged.
 */
export function resolveVlm(config: Settings, { demo }: { demo: boolean }): VlmChoice | NoModel {
  const { enabled, endpoint, model, frames } = config.vlm;
  if (!enabled) return absent('vlm.enabled is false');
  if (endpoint !== undefined) return endpointChoice(endpoint, frames);
  if (model === SHIPPED || (model === 'auto' && demo)) return shippedVlm(config.models_dir);
  if (model !== 'auto') return pulledVlm(namedModel(config.data_dir, model, 'vlm'), frames);
  const newest = newestVlm(config.data_dir);
  if (newest !== null) return pulledVlm(newest, frames);
  return absent(
    'the shipped VLM knows drawn scenes only; for real cameras run `nunchi models pull qwen2.5-vl-3b`, or set vlm.endpoint',
  );
}

/** The text model that the agent asks. Throws as `resolveVlm` does. */
export function resolveAgent(config: Settings): AgentModel | NoModel {
  const { enabled, model } = config.agent;
  if (!enabled) return absent('agent.enabled is false');
  if (model !== 'auto' && model !== SHIPPED) {
    const { folder, manifest } = namedModel(config.data_dir, model, 'agent');
    return agentModel(model, folder, manifest);
  }
  const entry = shippedEntry(config.models_dir, 'agent', agentEntrySchema);
  return agentModel(SHIPPED, config.models_dir, entry);
}

function endpointChoice(
  { url, model, api_key }: NonNullable<Config['vlm']['endpoint']>,
  frames: number,
): VlmChoice {
  return {
    source: { type: 'endpoint', name: model, url, apiKey: api_key ?? null },
    prompt: 'general-1',
    wish: { layout: 'frames', count: frames, width: ENDPOINT_WIDTH },
    declaredMb: 0,
  };
}

function shippedVlm(modelsDir: string): VlmChoice {
  const entry = shippedEntry(modelsDir, 'vlm', vlmEntrySchema);
  return vlmChoice(SHIPPED, modelsDir, entry, entry.picture);
}

type Pulled<Kind extends PulledManifest['kind']> = {
  name: string;
  folder: string;
  manifest: Extract<PulledManifest, { kind: Kind }>;
};

function pulledVlm({ name, folder, manifest }: Pulled<'vlm'>, frames: number): VlmChoice {
  const { picture } = manifest;
  const wish = picture.layout === 'frames' ? { ...picture, count: Math.min(picture.count, frames) } : picture;
  return vlmChoice(name, folder, manifest, wish);
}

function vlmChoice(
  name: string,
  folder: string,
  { text, projector, prompt, context, memory_mb }: z.infer<typeof vlmEntrySchema>,
  wish: ClipWish,
): VlmChoice {
  const source: VlmSource = {
    type: 'files',
    name,
    text: fileIn(folder, text),
    projector: fileIn(folder, projector),
    contextTokens: context,
  };
  return { source, prompt, wish, declaredMb: memory_mb ?? null };
}

function agentModel(
  name: string,
  folder: string,
  { text, prompt, context }: z.infer<typeof agentEntrySchema>,
): AgentModel {
  return { name, file: fileIn(folder, text), prompt, contextTokens: context };
}

/** Null when there is none; throws when all that there is is damaged. */
function newestVlm(dataDir: string): Pulled<'vlm'> | null {
  const models = listPulled(dataDir);
  const newest = models.find((model) => isOf(model, 'vlm'));
  if (newest !== undefined) return newest;
  const damaged = models.find((model) => 'error' in model);
  if (damaged !== undefined) throw damaged.error;
  return null;
}

function namedModel<Kind extends PulledManifest['kind']>(
  dataDir: string,
  name: string,
  kind: Kind,
): Pulled<Kind> {
  const model = readPulled(dataDir, name);
  if (model === null) {
    const message = `${kind}.model names ${name}, which is not there: run \`nunchi models pull ${name}\`, or change ${kind}.model`;
    throw new AppError('model.missing', message, { model: name });
  }
  if ('error' in model) throw model.error;
  if (isOf(model, kind)) return model;
  const message = `${kind}.model names ${name}, which is a model for ${model.manifest.kind}.model`;
  throw new AppError('model.shape_mismatch', message, { model: name });
}

function isOf<Kind extends PulledManifest['kind']>(model: PulledModel, kind: Kind): model is Pulled<Kind> {
  return 'manifest' in model && model.manifest.kind === kind;
}

function shippedEntry<T>(modelsDir: string, name: 'vlm' | 'agent', schema: z.ZodType<T>): T {
  const where = path.join(modelsDir, MANIFEST);
  let text;
  try {
    text = readFileSync(where, 'utf8');
  } catch (error) {
    const message = `${where} of the model ${name} cannot be read; restore it or set models_dir`;
    throw new AppError('model.missing', message, { model: name, file: where }, error);
  }
  const { models } = parseManifest(text, shippedSchema, { where, model: name });
  return parseManifest(JSON.stringify(models[name] ?? null), schema, { where, model: name });
}

function fileIn(folder: string, { file, sha256 }: { file: string; sha256: string }): ModelFile {
  return { path: path.join(folder, file), sha256 };
}

function absent(why: string): NoModel {
  return { absent: 'no_model', why };
}
