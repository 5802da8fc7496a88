import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SimulatedClock } from '../../../test/support/simulated-clock.js';
import { hashToken, newToken, type AccessToken } from '../../access/access-tokens.js';
import type { AppError } from '../../errors.js';
import { changeTokens, readLastUsed, tokensFile } from '../../access/tokens-file.js';
import { TokenStore } from './token-store.js';

const NOW = 1_700_000_000;

let dataDir: string;
let clock: SimulatedClock;
let failures: AppError[];

beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'nunchi-tokens-'));
  clock = new SimulatedClock(NOW);
  failures = [];
});

afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

function store(configured: readonly string[] = []): TokenStore {
  const rules = { staysOnMachine: true, anonymous: null };
  const onFailure = (error: AppError): void => {
    failures.push(error);
  };
  const created = new TokenStore({ dataDir, configured, rules, clock, onFailure });
  created.start();
  return created;
}

function add(secret: string, given: Partial<AccessToken> = {}): void {
  const token: AccessToken = {
    name: `t-${secret.slice(-4)}`,
    role: 'viewer',
    cameras: null,
    sha256: hashToken(secret),
    created: NOW,
    expires: null,
    ...given,
  };
  changeTokens(dataDir, (tokens) => [...tokens, token]);
}

it('knows the tokens of both places, and lets everybody in while there are none', () => {
  const secret = newToken();
  expect(store().admitWithout()?.caller).toEqual({ name: 'local', role: 'admin', cameras: null });
  add(secret, { name: 'ops', role: 'operator', cameras: ['gate'] });
  const both = store(['c'.repeat(32), `sha256:${hashToken('d'.repeat(32))}`]);
  expect(both.admitWithout()).toBeNull();
  expect(both.admit(secret)?.caller).toEqual({ name: 'ops', role: 'operator', cameras: ['gate'] });
  expect(both.admit('c'.repeat(32))?.caller).toMatchObject({ name: 'config-1', role: 'admin' });
  expect(both.admit('d'.repeat(32))?.caller.name).toBe('config-2');
  expect(both.admit(`sha256:${hashToken('d'.repeat(32))}`)).toBeNull();
});

it('follows the file within half a second: who was let in without a token is out when there is one', async () => {
  const running = store();
  const local = running.admitWithout();
  const secret = newToken();
  add(secret);
  await clock.advance(500);
  expect(local?.ended.aborted).toBe(true);
  const admission = running.admit(secret);
  expect(admission?.ended.aborted).toBe(false);
  changeTokens(dataDir, () => []);
  await clock.advance(500);
  expect(admission?.ended.aborted).toBe(true);
  expect(running.admit(secret)?.caller.name).toBe('local');
});

it('ends what a token let in when it expires, and what it may do changes', async () => {
  const [short, changed, steady] = [newToken(), newToken(), newToken()];
  add(short, { name: 'short', expires: NOW + 2 });
  add(changed, { name: 'changed' });
  add(steady, { name: 'steady' });
  const running = store();
  const [ofShort, ofChanged, ofSteady] = [short, changed, steady].map((secret) => running.admit(secret));
  changeTokens(dataDir, (tokens) =>
    tokens.map((token) => (token.name === 'changed' ? { ...token, cameras: ['gate'] } : token)),
  );
  await clock.advance(1_000);
  expect([ofShort, ofChanged, ofSteady].map((each) => each?.ended.aborted)).toEqual([false, true, false]);
  expect(running.admit(changed)?.caller.cameras).toEqual(['gate']);
  await clock.advance(1_400);
  expect(ofShort?.ended.aborted).toBe(true);
  expect(running.admit(short)).toBeNull();
  expect(running.admitWithout()).toBeNull();
});

it('follows http.tokens', () => {
  const running = store(['c'.repeat(32)]);
  const admission = running.admit('c'.repeat(32));
  running.configure(['d'.repeat(32)]);
  expect(admission?.ended.aborted).toBe(true);
  expect(running.admit('d'.repeat(32))).not.toBeNull();
});

it('keeps the tokens it knows, and says so once, when the file is damaged; does not start with such a one', async () => {
  const secret = newToken();
  add(secret);
  const running = store();
  writeFileSync(tokensFile(dataDir), '{"version":1,"tokens":[{"name":"x"}]}');
  await clock.advance(2_000);
  expect(running.admit(secret)).not.toBeNull();
  expect(failures).toHaveLength(1);
  const message = expect.stringContaining(`${tokensFile(dataDir)}: tokens.0.`) as string;
  expect(failures[0]).toMatchObject({ code: 'config.invalid', message });
  expect(() => store()).toThrow(expect.objectContaining({ code: 'config.invalid' }));
});

it('keeps neither tokens nor a file for others to read, and notes at most once a minute when one was used', async () => {
  const secret = newToken();
  add(secret, { name: 'ops' });
  const running = store();
  running.admit(secret);
  expect(readFileSync(tokensFile(dataDir), 'utf8')).not.toContain(secret);
  expect(statSync(tokensFile(dataDir)).mode & 0o777).toBe(0o600);
  expect(readLastUsed(dataDir)).toEqual({});
  await clock.advance(60_000);
  expect(readLastUsed(dataDir)).toEqual({ ops: NOW });
  running.admit(secret);
  running.stop();
  expect(readLastUsed(dataDir)).toEqual({ ops: NOW + 60 });
});
