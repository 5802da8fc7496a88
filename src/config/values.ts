/** What a value of the configuration may refer to: variables of the environment, and files that hold a secret. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ConfigPath } from './shape.js';
import { AppError } from '../errors.js';

/** Bytes; no password, token or key is longer. */
const MAX_SECRET_BYTES = 65_536;
const reference = /\{(?:(NUNCHI_[A-Z0-9_]+)|file:([^{}]+))\}/g;

/** Whether a text refers to a variable or a file, which is read when the configuration is. */
export function hasReference(text: string): boolean {
  return text.search(reference) >= 0;
}

/** The secret files that a text refers to. */
export function referencedFiles(text: string): string[] {
  return [...text.matchAll(reference)].flatMap(([, , file]) => (file === undefined ? [] : [file]));
}

/**
 * Replaces `{NUNCHI_X}` and `{file:/run/secrets/x}` in every string. What cannot be replaced stays as it is and is told
 * to `onProblem`: a missing secret is an error, not an empty text.
 */
export function resolveReferences(
  value: unknown,
  environment: NodeJS.ProcessEnv,
  onProblem: (at: ConfigPath, message: string) => void,
  at: ConfigPath = [],
): unknown {
  const resolved = (inner: unknown, key: PropertyKey): unknown =>
    resolveReferences(inner, environment, onProblem, [...at, key]);
  if (Array.isArray(value)) return value.map(resolved);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(inner, key)]));
  if (typeof value !== 'string') return value;
  return value.replace(reference, (whole, name: string | undefined, file: string | undefined) => {
    try {
      return name === undefined ? readSecretFile(file ?? '') : requireVariable(name, environment);
    } catch (thrown) {
      onProblem(at, AppError.from(thrown).message);
      return whole;
    }
  });
}

/**
 * A variable of the environment, or the content of the file that its twin with `_FILE` names; undefined without either.
 * Throws `config.invalid` when that file cannot be read, or when both are set.
 */
export function variable(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  const file = environment[`${name}_FILE`];
  if (file === undefined) return environment[name];
  if (environment[name] === undefined) return readSecretFile(file);
  throw new AppError('config.invalid', `both ${name} and ${name}_FILE are set; keep one of them`);
}

function requireVariable(name: string, environment: NodeJS.ProcessEnv): string {
  const found = variable(name, environment);
  if (found !== undefined) return found;
  throw new AppError('config.invalid', `needs the variable ${name}; set it, or ${name}_FILE to a file`);
}

/**
 * The text of a secret file without the line end that editors add. World-readable ones are taken: Docker and Kubernetes
 * mount secrets so. Throws `config.invalid`.
 */
function readSecretFile(file: string): string {
  const refused = (why: string, cause?: unknown): AppError =>
    new AppError('config.invalid', `the secret file ${file} ${why}`, {}, cause);
  if (!path.isAbsolute(file)) throw refused('must be named from the root on, as /run/secrets/name');
  let descriptor: number;
  try {
    // A pipe would hold the process until somebody writes to it.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw refused('cannot be read; check its name and who may read it', error);
  }
  try {
    const { size } = fstatSync(descriptor);
    if (!fstatSync(descriptor).isFile()) throw refused('is not a regular file');
    if (size > MAX_SECRET_BYTES) throw refused(`is larger than ${MAX_SECRET_BYTES} bytes`);
    const text = readFileSync(descriptor, 'utf8').replace(/\r?\n$/, '');
    if (text === '') throw refused('is empty');
    return text;
  } finally {
    closeSync(descriptor);
  }
}
