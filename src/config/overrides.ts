/** Settings that do not come from the file: variables of the environment and options of the command line. */
import { parse } from 'yaml';
import { z } from 'zod';
import { configSchema } from './config.js';
import { layers } from './shape.js';
import { variable } from './values.js';

/** A setting that does not come from the file; `origin` names the option or variable in an error. */
export interface Override {
  path: readonly string[];
  value: unknown;
  origin: string;
}

/**
 * For every scalar setting outside of cameras and lists: its variable, `http.port` being `NUNCHI_HTTP_PORT`, or the file
 * that `NUNCHI_HTTP_PORT_FILE` names. Throws `config.invalid` when such a file cannot be read.
 */
export function environmentOverrides(environment: NodeJS.ProcessEnv): Override[] {
  const overrides: Override[] = [];
  for (const { path, isText } of scalarPaths(configSchema, [])) {
    const origin = `NUNCHI_${path.join('_').toUpperCase()}`;
    const text = variable(origin, environment);
    // A password of digits is a text all the same.
    if (text !== undefined) overrides.push({ path, value: isText ? text : (parse(text) as unknown), origin });
  }
  return overrides;
}

/** Lays the overrides over what the file says; `values` is changed. */
export function layOver(values: unknown, overrides: readonly Override[]): void {
  for (const { path, value } of overrides) setAt(values as Record<string, unknown>, path, value);
}

interface ScalarPath {
  path: string[];
  isText: boolean;
}

function scalarPaths(schema: z.core.$ZodType, path: string[]): ScalarPath[] {
  const inner = layers(schema);
  const object = inner.find((layer) => layer instanceof z.ZodObject);
  if (object !== undefined) {
    return Object.entries(object.shape as Record<string, z.core.$ZodType>).flatMap(([key, child]) =>
      scalarPaths(child, [...path, key]),
    );
  }
  if (inner.some((layer) => layer instanceof z.ZodRecord || layer instanceof z.ZodArray)) return [];
  return [{ path, isText: inner.at(-1) instanceof z.core.$ZodString }];
}

function setAt(settings: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) {
    settings[key] = value;
    return;
  }
  const inner = settings[key];
  const next = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {};
  settings[key] = next;
  setAt(next, rest, value);
}
