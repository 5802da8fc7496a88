/** `tokens.json` in the data folder: the tokens that `nunchi tokens` made, without the tokens themselves. */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { accessTokenSchema, type AccessToken } from './access-tokens.js';
import { AppError } from '../errors.js';

export const MAX_TOKENS = 1_000;

const fileSchema = z.strictObject({
  version: z.literal(1),
  tokens: z
    .array(accessTokenSchema)
    .max(MAX_TOKENS)
    .refine((tokens) => new Set(tokens.map(({ name }) => name)).size === tokens.length, 'two have one name'),
});

/** When each token was last used, by name; Unix seconds. */
const lastUsedSchema = z.record(z.string(), z.number());
export type LastUsed = Record<string, number>;

export function tokensFile(dataDir: string): string {
  return path.join(dataDir, 'tokens.json');
}

function lastUsedFile(dataDir: string): string {
  return path.join(dataDir, 'tokens-used.json');
}

/** None while there is no file. Throws `config.invalid` for one that is damaged. */
export function readTokens(dataDir: string): AccessToken[] {
  const file = tokensFile(dataDir);
  const text = readText(file);
  if (text === null) return [];
  const parsed = fileSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data.tokens;
  const issue = parsed.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  const advice = 'repair it, or delete it and make new tokens with nunchi tokens create';
  throw new AppError('config.invalid', `${file}: ${where}${issue?.message ?? 'is damaged'}; ${advice}`);
}

/**
 * Replaces the tokens by what `change` makes of them, all or nothing. Throws `config.invalid` for a damaged file, and
 * while another process changes it, and what `change` throws.
 */
export function changeTokens(
  dataDir: string,
  change: (tokens: readonly AccessToken[]) => readonly AccessToken[],
): void {
  const file = tokensFile(dataDir);
  const part = `${file}.part`;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const descriptor = openExclusively(part);
  try {
    const tokens = change(readTokens(dataDir));
    writeSync(descriptor, `${JSON.stringify({ version: 1, tokens }, null, 2)}\n`);
    fsyncSync(descriptor);
    renameSync(part, file);
  } catch (thrown) {
    rmSync(part, { force: true });
    throw thrown;
  } finally {
    closeSync(descriptor);
  }
}

/** Empty while nothing is known: what it says is for people to look at, and nothing depends on it. */
export function readLastUsed(dataDir: string): LastUsed {
  const parsed = lastUsedSchema.safeParse(parseJson(readText(lastUsedFile(dataDir)) ?? ''));
  return parsed.success ? parsed.data : {};
}

/** Throws what the file system throws. */
export function writeLastUsed(dataDir: string, lastUsed: LastUsed): void {
  const file = lastUsedFile(dataDir);
  const descriptor = openSync(`${file}.part`, 'w', 0o600);
  try {
    writeSync(descriptor, JSON.stringify(lastUsed));
  } finally {
    closeSync(descriptor);
  }
  renameSync(`${file}.part`, file);
}

/** The part file is the lock as well: of two changes at a time, one would undo the other. */
function openExclusively(part: string): number {
  try {
    return openSync(part, 'wx', 0o600);
  } catch (thrown) {
    if (!hasCode(thrown, 'EEXIST')) throw thrown;
    const advice = `if no other nunchi tokens is running, delete ${part}`;
    throw new AppError('config.invalid', `the tokens are being changed already; ${advice}`, {}, thrown);
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    if (hasCode(thrown, 'ENOENT')) return null;
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new AppError('config.invalid', `${file} cannot be read: ${why}`, {}, thrown);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function hasCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code;
}
