import { describe, expect, it } from 'vitest';
import { staysOnMachine } from './access.js';
import { configuredTokens, hashToken, newToken, tokenNameSchema } from './access-tokens.js';
import { configSchema } from '../config/config.js';

const SECRET = 'a'.repeat(40);

it('makes tokens of 256 bits that programs which look for secrets know', () => {
  const tokens = Array.from({ length: 100 }, newToken);
  expect(new Set(tokens).size).toBe(100);
  for (const token of tokens) {
    expect(token.startsWith('nun_')).toBe(true);
    expect(Buffer.from(token.slice(4), 'base64url')).toHaveLength(32);
  }
});

it('takes tokens of the configuration as they are, or hashed', () => {
  const hash = hashToken(SECRET);
  const plain = {
    name: 'config-1',
    role: 'admin',
    cameras: null,
    sha256: hash,
    created: null,
    expires: null,
  };
  const hashed = { ...plain, name: 'config-2' };
  expect(configuredTokens([SECRET, `sha256:${hash.toUpperCase()}`])).toEqual([plain, hashed]);
});

it.each(['local', 'anonymous', 'cli', 'config-7', '', 'a b', 'x'.repeat(65)])(
  'takes %j for no name',
  (name) => {
    expect(tokenNameSchema.safeParse(name).success).toBe(false);
  },
);

describe('http', () => {
  const messageFor = (http: object) => configSchema.safeParse({ http }).error?.issues[0]?.message;

  it.each([
    [{ tokens: ['short'] }, 'at least 32 characters'],
    [{ tokens: [`sha256:${'g'.repeat(64)}`] }, '64 hexadecimal digits'],
    [{ allowed_hosts: ['https://cams.example'] }, 'NAME or NAME:PORT'],
    [{ allowed_hosts: ['cams.example/x'] }, 'NAME or NAME:PORT'],
    [{ rate_limit_per_s: 0 }, '>=1'],
  ])('%j is refused', (http, message) => {
    expect(messageFor(http)).toContain(message);
  });

  it('takes names of reverse proxies, whatever their case', () => {
    const { http } = configSchema.parse({ http: { allowed_hosts: ['Cams.example', 'cams.example:8443'] } });
    expect(http.allowed_hosts).toEqual(['cams.example', 'cams.example:8443']);
  });

  it('stays on this machine on loopback, unless a proxy leads to it', () => {
    expect(staysOnMachine({ host: '127.0.0.1', allowed_hosts: [] })).toBe(true);
    expect(staysOnMachine({ host: '::1', allowed_hosts: [] })).toBe(true);
    expect(staysOnMachine({ host: '0.0.0.0', allowed_hosts: [] })).toBe(false);
    expect(staysOnMachine({ host: '127.0.0.1', allowed_hosts: ['cams.example'] })).toBe(false);
  });
});
