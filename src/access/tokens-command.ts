/** `nunchi tokens`: who may ask the API for what. */
import { configuredTokens, hashToken, newToken, type AccessToken } from './access-tokens.js';
import { appendAudit, auditEntry } from './audit.js';
import type { Clock } from '../clock.js';
import type { Config } from '../config/config.js';
import { AppError } from '../errors.js';
import { changeTokens, MAX_TOKENS, readLastUsed, readTokens, type LastUsed } from './tokens-file.js';
import { MS_PER_S } from '../units.js';

export type TokensRequest =
  | {
      type: 'create';
      name: string;
      role: AccessToken['role'];
      /** Null for all. */
      cameras: string[] | null;
      /** Seconds from now; null for never. */
      lifetimeS: number | null;
    }
  | { type: 'list' }
  | { type: 'revoke'; name: string };

export interface TokensHost {
  /** For remarks, so that a script gets nothing but the token. */
  status: NodeJS.WritableStream;
  /** For the result. */
  result: NodeJS.WritableStream;
  clock: Pick<Clock, 'wallTime'>;
}

/** Throws `config.invalid`. A running service follows within a second. */
export async function runTokens(request: TokensRequest, config: Config, host: TokensHost): Promise<void> {
  switch (request.type) {
    case 'create':
      await create(request, config, host);
      return;
    case 'list':
      host.result.write(listing(config, host.clock.wallTime()));
      return;
    case 'revoke':
      await revoke(request.name, config, host);
      return;
  }
}

async function create(
  { name, role, cameras, lifetimeS }: Extract<TokensRequest, { type: 'create' }>,
  { data_dir }: Config,
  host: TokensHost,
): Promise<void> {
  const secret = newToken();
  const created = Math.floor(host.clock.wallTime());
  const expires = lifetimeS === null ? null : created + lifetimeS;
  changeTokens(data_dir, (tokens) => {
    if (tokens.some((other) => other.name === name))
      throw invalid(`there is a token ${name} already; revoke it first, or choose another name`);
    if (tokens.length >= MAX_TOKENS) throw invalid(`there are ${MAX_TOKENS} tokens, which is the limit`);
    return [...tokens, { name, role, cameras, sha256: hashToken(secret), created, expires }];
  });
  host.result.write(`${secret}\n`);
  host.status.write('Keep it now: it is not stored, and cannot be shown again.\n');
  await record('tokens create', name, data_dir, host);
}

async function revoke(name: string, { data_dir, http }: Config, host: TokensHost): Promise<void> {
  let left = 0;
  changeTokens(data_dir, (tokens) => {
    const others = tokens.filter((token) => token.name !== name);
    if (others.length === tokens.length) throw invalid(notThere(name, tokens));
    left = others.length;
    return others;
  });
  host.result.write(`revoked ${name}\n`);
  if (left + http.tokens.length === 0)
    host.status.write('No token is left: on 127.0.0.1 everybody may do everything again.\n');
  await record('tokens revoke', name, data_dir, host);
}

/** What was done is done: that it is not in the audit log is worth a remark, no more. */
async function record(action: string, target: string, dataDir: string, host: TokensHost): Promise<void> {
  const act = { caller: 'cli', address: null, action, target, status: null, request_id: null };
  await appendAudit(dataDir, [auditEntry(act, host.clock.wallTime())]).catch((thrown: unknown) => {
    host.status.write(`It is not in the audit log: ${AppError.from(thrown).message}\n`);
  });
}

function listing({ data_dir, http }: Config, now: number): string {
  const lastUsed = readLastUsed(data_dir);
  const tokens = [...configuredTokens(http.tokens), ...readTokens(data_dir)];
  if (tokens.length === 0) return 'there are no tokens; nunchi tokens create --name NAME makes one\n';
  const head = ['NAME', 'ROLE', 'CAMERAS', 'CREATED', 'EXPIRES', 'LAST USED'];
  const rows = [head, ...tokens.map((token) => rowOf(token, lastUsed, now))];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

function rowOf(
  { name, role, cameras, created, expires }: AccessToken,
  used: LastUsed,
  now: number,
): string[] {
  const ends = expires === null ? 'never' : `${dateOf(expires)}${expires <= now ? ' (expired)' : ''}`;
  const lastUsed = used[name];
  return [
    name,
    role,
    cameras === null ? 'all' : cameras.join(','),
    created === null ? 'in http.tokens' : dateOf(created),
    ends,
    lastUsed === undefined ? 'never' : dateOf(lastUsed),
  ];
}

/** To the minute, UTC. @param time Unix seconds */
function dateOf(time: number): string {
  return `${new Date(time * MS_PER_S).toISOString().slice(0, 16)}Z`;
}

function notThere(name: string, tokens: readonly AccessToken[]): string {
  if (/^config-\d+$/.test(name)) return `${name} stands in http.tokens of the configuration: remove it there`;
  const names = tokens.map((token) => token.name).join(', ');
  return `there is no token ${name}; ${names === '' ? 'there are none' : `there are ${names}`}`;
}

function invalid(message: string): AppError {
  return new AppError('config.invalid', message);
}
