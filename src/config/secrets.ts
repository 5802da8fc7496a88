/** The configuration as it may be shown, and what comes back of it. */
import { isDeepStrictEqual } from 'node:util';
import type { Config } from './config.js';
import { configSchema } from './config.js';
import { childSchemas, isSecret, layers, MASK } from './shape.js';
import { AppError } from '../errors.js';
import { redactUrl } from '../redact.js';

type Schemas = ReturnType<typeof layers>;

/** A copy with `***` in place of every secret; user and password of a URL are hidden, wherever it stands. */
export function maskedConfig(config: Config): Record<string, unknown> {
  return masked(config, layers(configSchema), false) as Record<string, unknown>;
}

function masked(value: unknown, schemas: Schemas, inSecret: boolean): unknown {
  const secret = inSecret || isSecret(schemas);
  const inner = (child: unknown, key: PropertyKey): unknown =>
    masked(child, childSchemas(schemas, key), secret);
  if (Array.isArray(value)) return value.map(inner);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, inner(child, key)]));
  if (secret && value !== undefined) return MASK;
  return typeof value === 'string' ? redactUrl(value) : value;
}

/**
 * What somebody sends back, with `kept`, as the file has it, wherever it equals what they were `shown`. Throws
 * `config.invalid` for a mask that stands for nothing.
 */
export function unmasked(sent: unknown, shown: unknown, kept: unknown, path: readonly string[]): unknown {
  if (kept !== undefined && hasMask(shown) && isDeepStrictEqual(sent, shown)) return kept;
  const inner = (child: unknown, key: string): unknown =>
    unmasked(child, at(shown, key), at(kept, key), [...path, key]);
  if (Array.isArray(sent)) return sent.map((child, i) => inner(child, String(i)));
  if (typeof sent === 'object' && sent !== null)
    return Object.fromEntries(Object.entries(sent).map(([key, child]) => [key, inner(child, key)]));
  if (typeof sent !== 'string' || !hasMask(sent)) return sent;
  const field = path.join('.');
  const message = `${field}: *** stands for a secret that is kept, and there is none here; send the secret itself`;
  throw new AppError('config.invalid', message, { field });
}

/** Whether a text is a mask, or a URL with one in place of a password. */
function hasMask(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(hasMask);
  return typeof value === 'string' && (value === MASK || (value.includes(MASK) && value.includes('://')));
}

function at(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}
