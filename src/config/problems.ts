/** What is wrong with a configuration, as people read it: where, which setting, what was given, what to write instead. */
import type { z } from 'zod';
import { configSchema } from './config.js';
import { isSecretAt, knownKeys, type ConfigPath } from './shape.js';
import { redactUrl } from '../redact.js';
import { issueText } from '../zod-issue.js';

export interface Problem {
  path: ConfigPath;
  message: string;
  /** As the file has it, before a secret takes the place of its reference. */
  given?: unknown;
}

/** Longer than this, a value in an error is cut. */
const SHOWN = 80;
/** So many letters may be wrong in a word that is still recognised. */
const TYPING_ERRORS = 2;

/** One problem for each thing that is wrong; each unknown key is one. `valueAt` is what the file says there. */
export function problemsOf(error: z.ZodError, valueAt: (path: ConfigPath) => unknown): Problem[] {
  return error.issues.flatMap((issue): Problem[] => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => unknownKey(issue.path, key, valueAt([...issue.path, key])));
    return [{ path: issue.path, message: issueText(issue), given: valueAt(issue.path) }];
  });
}

/** `where: cameras.gate.url: message (given: value)`; `where` may be empty. */
export function describeProblem({ path, message, given }: Problem, where: string): string {
  const shown = given === undefined || typeof given === 'object' ? '' : ` (given: ${show(given, path)})`;
  const name = path.map(String).join('.') || 'top level';
  return `${where === '' ? '' : `${where}: `}${name}: ${message}${shown}`;
}

function unknownKey(path: ConfigPath, key: string, given: unknown): Problem {
  const known = knownKeys(configSchema, path);
  const meant = nearest(key, known);
  const hint = meant === null ? `known here: ${known.join(', ')}` : `did you mean ${meant}?`;
  return { path: [...path, key], message: `is unknown; ${hint}`, given };
}

/** A secret is not shown, nor a URL, which may carry a password at any place. */
function show(value: unknown, path: ConfigPath): string {
  const text = JSON.stringify(value);
  if (isSecretAt(configSchema, path) || text.includes('://') || redactUrl(text) !== text) return '"…"';
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

function nearest(word: string, known: readonly string[]): string | null {
  const ranked = known
    .map((candidate) => ({ candidate, errors: distance(word.toLowerCase(), candidate) }))
    .sort((a, b) => a.errors - b.errors);
  const best = ranked[0];
  return best !== undefined && best.errors <= TYPING_ERRORS ? best.candidate : null;
}

/** Letters to add, remove or replace (Levenshtein 1965). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
