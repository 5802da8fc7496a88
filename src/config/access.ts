/** Which settings can be changed while the product runs, and with what. */
import { isDeepStrictEqual } from 'node:util';
import type { ConfigSource } from './file.js';
import { valueAt } from './file.js';
import { unmasked } from './secrets.js';
import { hasReference } from './values.js';
import { AppError } from '../errors.js';
import type { ConfigChange } from './settings.js';

/** Who may reach the API, and which folders the product may read, is decided by who may write the file. */
const onlyInFile = ['http', 'data_dir', 'models_dir', 'media_dir'];
const MAX_DEPTH = 20;

/**
 * Throws `config.read_only` for a change that the API may not make or that would have no effect, with the reason, and
 * `config.invalid` for a value that refers to a variable or a file: whoever may change settings could read any secret
 * by one. `values` is what the file says; what it refers to already may stay.
 */
export function checkChange({ path, value }: ConfigChange, source: ConfigSource, values: unknown): void {
  const name = path.join('.');
  if (path.length === 0 || onlyInFile.includes(path[0] ?? ''))
    throw readOnly(name, 'is changed in the configuration file only, and takes effect with a restart');
  const override = source.overrides.find(({ path: other }) => overlap(path, other));
  if (override !== undefined)
    throw readOnly(name, `is set by ${override.origin}, which the file cannot change`);
  const fixed = path[0] === 'cameras' ? source.fixedCameras.get(path[1] ?? '') : undefined;
  if (fixed !== undefined) throw readOnly(name, `cannot be changed: this camera comes from ${fixed}`);
  if (tooDeep(value, MAX_DEPTH)) throw invalid(name, 'is nested too deeply');
  if (path.includes('__proto__')) throw invalid(name, 'is not a name');
  checkTexts(value, path, values);
}

/**
 * The changes that a JSON merge patch (RFC 7396) asks for: null removes a setting. What equals the `shown` configuration
 * is no change, so that it can be sent back whole. `kept` is what the file says.
 */
export function changesOf(
  patch: Readonly<Record<string, unknown>>,
  shown: unknown,
  kept: unknown,
  path: readonly string[] = [],
): ConfigChange[] {
  if (path.length >= MAX_DEPTH) throw invalid(path.join('.'), 'is nested too deeply');
  return Object.entries(patch).flatMap(([key, sent]): ConfigChange[] => {
    const at = [...path, key];
    const [shownHere, keptHere] = [valueAt(shown, [key]), valueAt(kept, [key])];
    if (sent === null) return [{ path: at, value: undefined }];
    if (tooDeep(sent, MAX_DEPTH)) throw invalid(at.join('.'), 'is nested too deeply');
    if (isDeepStrictEqual(sent, shownHere)) return [];
    if (isMap(sent) && Object.keys(sent).length > 0) return changesOf(sent, shownHere, keptHere, at);
    if (isMap(sent) && isMap(shownHere)) return [];
    return [{ path: at, value: unmasked(sent, shownHere, keptHere, at) }];
  });
}

function checkTexts(value: unknown, path: readonly string[], values: unknown): void {
  if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      if (key === '__proto__') throw invalid([...path, key].join('.'), 'is not a name');
      checkTexts(inner, [...path, key], values);
    }
  }
  if (typeof value !== 'string' || !hasReference(value) || valueAt(values, path) === value) return;
  throw invalid(path.join('.'), 'a variable or a secret file is named in the configuration file itself only');
}

function tooDeep(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => tooDeep(inner, levels - 1));
}

function overlap(a: readonly string[], b: readonly string[]): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short.every((key, i) => key === long[i]);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readOnly(name: string, why: string): AppError {
  return new AppError('config.read_only', `${name} ${why}`, { field: name });
}

function invalid(name: string, why: string): AppError {
  return new AppError('config.invalid', `${name}: ${why}`, { field: name });
}
