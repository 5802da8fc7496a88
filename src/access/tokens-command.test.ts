import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashToken } from './access-tokens.js';
import { readAudit } from './audit.js';
import { configSchema, type Config } from '../config/config.js';
import { runTokens, type TokensRequest } from './tokens-command.js';
import { readTokens, tokensFile, writeLastUsed } from './tokens-file.js';
import { addTokensCommand } from './tokens-options.js';

const NOW = 1_700_000_000;

let config: Config;

beforeEach(() => {
  config = configSchema.parse({ data_dir: mkdtempSync(path.join(tmpdir(), 'nunchi-tokens-')) });
});

afterEach(() => {
  rmSync(config.data_dir, { recursive: true });
});

/** Runs `nunchi tokens ...args`; resolves with what it wrote. */
async function tokens(...args: string[]): Promise<{ result: string; status: string }> {
  const written = { result: '', status: '' };
  const stream = (name: 'result' | 'status') =>
    ({ write: (text: string) => (written[name] += text) }) as unknown as NodeJS.WritableStream;
  const clock = { wallTime: () => NOW + 0.5 };
  const host = { result: stream('result'), status: stream('status'), clock };
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  addTokensCommand(program, (request: TokensRequest) => runTokens(request, config, host));
  await program.parseAsync(['tokens', ...args], { from: 'user' });
  return written;
}

describe('nunchi tokens create', () => {
  it('shows the token this once, and keeps its hash', async () => {
    const { result } = await tokens('create', '--name', 'ops', '--role', 'operator');
    const secret = result.trim();
    expect(secret).toMatch(/^nun_[A-Za-z0-9_-]{43}$/);
    const token = { name: 'ops', role: 'operator', cameras: null, created: NOW, expires: null };
    expect(readTokens(config.data_dir)).toEqual([{ ...token, sha256: hashToken(secret) }]);
    const [entry] = await readAudit(config.data_dir, 10, null);
    expect(entry).toMatchObject({ caller: 'cli', action: 'tokens create', target: 'ops', address: null });
    expect(JSON.stringify(entry)).not.toContain(secret);
  });

  it('takes cameras and an end', async () => {
    await tokens('create', '--name', 'a', '--role', 'viewer', '--cameras', 'gate,yard', '--expires', '90d');
    await tokens('create', '--name', 'b', '--role', 'viewer', '--expires', '12h');
    expect(readTokens(config.data_dir)).toMatchObject([
      { cameras: ['gate', 'yard'], expires: NOW + 90 * 86_400 },
      { cameras: null, expires: NOW + 12 * 3_600 },
    ]);
  });

  it.each([
    [['--name', 'a b', '--role', 'viewer'], '--name: a token name'],
    [['--name', 'config-1', '--role', 'viewer'], 'the service itself uses this name'],
    [['--name', 'a', '--role', 'king'], 'Allowed choices are viewer, operator, admin'],
    [['--name', 'a', '--role', 'viewer', '--cameras', 'gate,../x'], '--cameras: a camera id'],
    [['--name', 'a', '--role', 'viewer', '--expires', '90'], '--expires 90: write 12h or 90d'],
    [['--name', 'a', '--role', 'viewer', '--expires', '9999d'], '3650d at most'],
  ])('refuses %j', async (args, message) => {
    await expect(tokens('create', ...args)).rejects.toThrow(message);
    expect(existsSync(tokensFile(config.data_dir))).toBe(false);
  });

  it('refuses a name that is taken, and to run beside another', async () => {
    await tokens('create', '--name', 'a', '--role', 'viewer');
    await expect(tokens('create', '--name', 'a', '--role', 'admin')).rejects.toThrow('a token a already');
    const part = `${tokensFile(config.data_dir)}.part`;
    expect(existsSync(part)).toBe(false);
    writeFileSync(part, '');
    await expect(tokens('revoke', 'a')).rejects.toThrow(`delete ${part}`);
    expect(existsSync(part)).toBe(true);
    expect(readTokens(config.data_dir)).toHaveLength(1);
  });
});

it('nunchi tokens list shows all but the tokens, those of the configuration included', async () => {
  expect((await tokens('list')).result).toContain('there are no tokens');
  config.http.tokens = ['c'.repeat(40)];
  const made = await tokens(
    'create',
    '--name',
    'ops',
    '--role',
    'viewer',
    '--cameras',
    'gate',
    '--expires',
    '1d',
  );
  writeLastUsed(config.data_dir, { ops: NOW });
  const { result } = await tokens('list');
  expect(result.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['NAME', 'ROLE', 'CAMERAS', 'CREATED', 'EXPIRES', 'LAST USED'],
    ['config-1', 'admin', 'all', 'in http.tokens', 'never', 'never'],
    ['ops', 'viewer', 'gate', '2023-11-14T22:13Z', '2023-11-15T22:13Z', '2023-11-14T22:13Z'],
    [''],
  ]);
  expect(result).not.toContain(made.result.trim());
  expect(result).not.toContain('c'.repeat(40));
});

describe('nunchi tokens revoke', () => {
  it('takes the token away, and warns when that opens the door', async () => {
    await tokens('create', '--name', 'a', '--role', 'viewer');
    await tokens('create', '--name', 'b', '--role', 'viewer');
    expect(await tokens('revoke', 'a')).toEqual({ result: 'revoked a\n', status: '' });
    expect(readTokens(config.data_dir).map(({ name }) => name)).toEqual(['b']);
    expect((await tokens('revoke', 'b')).status).toContain('everybody may do everything');
  });

  it('names the tokens that there are when there is no such one', async () => {
    await tokens('create', '--name', 'a', '--role', 'viewer');
    await expect(tokens('revoke', 'x')).rejects.toThrow('there is no token x; there are a');
    await expect(tokens('revoke', 'config-1')).rejects.toThrow('http.tokens');
  });
});
