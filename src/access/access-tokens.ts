/** What a token looks like, and what is kept of it. */
import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { roles } from './access.js';

/** Programs that look for secrets in public places know one by it. */
const TOKEN_PREFIX = 'nun_';
const TOKEN_BYTES = 32;
const HASH_PREFIX = 'sha256:';

/** Names that stand for callers without a token, or for tokens of the configuration. */
const reserved = /^(?:local|anonymous|cli|config-\d+)$/;

export const tokenNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'a token name is 1 to 64 letters, digits, _ or -')
  .refine((name) => !reserved.test(name), 'the service itself uses this name; choose another');

const sha256HexSchema = z.string().regex(/^[0-9a-f]{64}$/, 'must be a sha256 in hexadecimal');

/** A token as it is kept: all but itself. */
export const accessTokenSchema = z.strictObject({
  name: z.string().min(1).max(64),
  role: z.enum(roles),
  cameras: z.array(z.string()).nullable().describe('those that it may see; null for all'),
  sha256: sha256HexSchema,
  created: z.number().nullable().describe('Unix seconds; null for one of the configuration'),
  expires: z.number().nullable().describe('Unix seconds; null for never'),
});

export type AccessToken = z.infer<typeof accessTokenSchema>;

/** A new token of 256 random bits. */
export function newToken(): string {
  return TOKEN_PREFIX + randomBytes(TOKEN_BYTES).toString('base64url');
}

/** In hexadecimal. Nothing slower is needed: 256 random bits cannot be guessed from their hash. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** An entry of `http.tokens`: a token, or its hash. */
export const configTokenSchema = z
  .string()
  .min(32, 'a token has at least 32 characters')
  .refine(
    (token) => !token.startsWith(HASH_PREFIX) || hashOfConfigured(token) !== null,
    'sha256: is followed by 64 hexadecimal digits',
  );

/** The entries of `http.tokens`, which may do everything. */
export function configuredTokens(entries: readonly string[]): AccessToken[] {
  return entries.map((entry, index) => ({
    name: `config-${index + 1}`,
    role: 'admin',
    cameras: null,
    sha256: hashOfConfigured(entry) ?? hashToken(entry),
    created: null,
    expires: null,
  }));
}

function hashOfConfigured(entry: string): string | null {
  const hex = entry.startsWith(HASH_PREFIX) ? entry.slice(HASH_PREFIX.length).toLowerCase() : '';
  return sha256HexSchema.safeParse(hex).success ? hex : null;
}
