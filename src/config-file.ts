import { readFileSync } from 'node:fs';
import { LineCounter, parse, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { configSchema, type Config } from './config.js';
import { AppError } from './errors.js';

/** A setting that does not come from the file; `origin` names the option or variable in an error. */
export interface Override {
  path: readonly string[];
  value: unknown;
  origin: string;
}

/**
 * Reads the YAML file (defaults alone without one), puts `{NUNCHI_...}` variables in, lays the overrides over it, and
 * validates. Throws `config.invalid` naming line, key, value and fix.
 */
export function loadConfig(
  file: string | undefined,
  overrides: readonly Override[],
  environment: NodeJS.ProcessEnv,
): Config {
  const lines = new LineCounter();
  const document = parseDocument(file === undefined ? '{}' : readText(file), { lineCounter: lines });
  const syntaxError = document.errors[0];
  if (syntaxError !== undefined) throw invalid(`${file ?? ''}: ${syntaxError.message}`);
  const where = (path: readonly PropertyKey[]): string => {
    const override = overrides.find((other) => other.path.every((key, i) => key === path[i]));
    if (override !== undefined) return override.origin;
    return `${file ?? 'configuration'}${lineOf(document, path, lines)}`;
  };
  const settings = substitute(document.toJS() ?? {}, [], environment, where);
  for (const { path, value } of overrides) setAt(settings as Record<string, unknown>, path, value);
  const result = configSchema.safeParse(settings, { reportInput: true });
  if (result.success) return result.data;
  throw invalid(result.error.issues.map((issue) => problem(issue, where)).join('\n'));
}

/** For every scalar setting outside of cameras: its variable, `http.port` being `NUNCHI_HTTP_PORT`. */
export function environmentOverrides(environment: NodeJS.ProcessEnv): Override[] {
  const overrides: Override[] = [];
  for (const path of scalarPaths(configSchema, [])) {
    const name = `NUNCHI_${path.join('_').toUpperCase()}`;
    const text = environment[name];
    if (text !== undefined) overrides.push({ path, value: parse(text) as unknown, origin: name });
  }
  return overrides;
}

function scalarPaths(schema: unknown, path: string[]): string[][] {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault)
    return scalarPaths(schema.unwrap(), path);
  if (schema instanceof z.ZodRecord || schema instanceof z.ZodArray) return [];
  if (!(schema instanceof z.ZodObject)) return [path];
  return Object.entries(schema.shape as Record<string, unknown>).flatMap(([key, inner]) =>
    scalarPaths(inner, [...path, key]),
  );
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new AppError(
      'config.invalid',
      `cannot read the configuration ${file}; check --config`,
      { file },
      error,
    );
  }
}

/** Replaces `{NUNCHI_X}` in every string by the variable of that name; a missing one is an error, not an empty text. */
function substitute(
  value: unknown,
  path: PropertyKey[],
  environment: NodeJS.ProcessEnv,
  where: (path: readonly PropertyKey[]) => string,
): unknown {
  if (typeof value === 'string') {
    return value.replace(/\{(NUNCHI_[A-Z0-9_]+)\}/g, (_match, name: string) => {
      const found = environment[name];
      if (found === undefined)
        throw invalid(`${where(path)}: ${path.join('.')} needs the variable ${name}; set it`);
      return found;
    });
  }
  if (Array.isArray(value)) return value.map((item, i) => substitute(item, [...path, i], environment, where));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, substitute(inner, [...path, key], environment, where)]),
  );
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

function problem(issue: z.core.$ZodIssue, where: (path: readonly PropertyKey[]) => string): string {
  const given =
    issue.input === undefined || typeof issue.input === 'object' ? '' : ` (given: ${show(issue.input)})`;
  return `${where(issue.path)}: ${issue.path.join('.') || 'top level'}: ${explain(issue)}${given}`;
}

function explain(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_key') return issue.issues.map(explain).join('; ');
  if (issue.code === 'invalid_union') return issue.errors.flat().map(explain).join(', or ');
  return issue.message;
}

/** A value in an error; a URL may carry a password. */
function show(value: unknown): string {
  const text = JSON.stringify(value);
  return text.includes('://') ? '"…"' : text.slice(0, 80);
}

function lineOf(document: Document, path: readonly PropertyKey[], lines: LineCounter): string {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true) as
      { range?: [number, number, number] } | undefined;
    if (node?.range !== undefined) return `:${lines.linePos(node.range[0]).line}`;
  }
  return '';
}

function invalid(message: string): AppError {
  return new AppError('config.invalid', message);
}
