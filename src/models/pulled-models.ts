/** The models that were pulled: a folder each, complete as soon as its manifest is there. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../errors.js';
import { modelNameSchema } from '../model-name.js';
import { parseManifest, pulledManifestSchema, type PulledManifest } from './model-entry.js';

export const MANIFEST = 'manifest.json';

export type PulledModel =
  | { name: string; folder: string; manifest: PulledManifest }
  /** Its manifest is damaged. */
  | { name: string; folder: string; error: AppError };

export function pulledFolder(dataDir: string, name: string): string {
  return path.join(dataDir, 'models', name);
}

/** The newest first, then those that are damaged; without those whose download is not complete. */
export function listPulled(dataDir: string): PulledModel[] {
  const models = foldersIn(path.join(dataDir, 'models')).flatMap((name) => readPulled(dataDir, name) ?? []);
  return models.sort((a, b) => pulledAt(b) - pulledAt(a));
}

/** Null when there is none of that name. */
export function readPulled(dataDir: string, name: string): PulledModel | null {
  const folder = pulledFolder(dataDir, name);
  const where = path.join(folder, MANIFEST);
  let text;
  try {
    text = readFileSync(where, 'utf8');
  } catch {
    return null;
  }
  try {
    return { name, folder, manifest: parseManifest(text, pulledManifestSchema, { where, model: name }) };
  } catch (thrown) {
    return { name, folder, error: AppError.from(thrown) };
  }
}

/** Removes a model, or what there is of it. Throws `model.missing` when there is nothing. */
export function removePulled(dataDir: string, name: string): void {
  if (!foldersIn(path.join(dataDir, 'models')).includes(name)) {
    const message = `no model ${name} was pulled; \`nunchi models list\` says which were`;
    throw new AppError('model.missing', message, { model: name });
  }
  const folder = pulledFolder(dataDir, name);
  // Without its manifest it is gone for everyone, should the rest be interrupted.
  rmSync(path.join(folder, MANIFEST), { force: true });
  rmSync(folder, { recursive: true });
}

/** Names of folders that can be models. */
function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && modelNameSchema.safeParse(entry.name).success)
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

function pulledAt(model: PulledModel): number {
  return 'manifest' in model ? model.manifest.pulled_at : -Infinity;
}
