import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import type { Role } from '../../src/access/access.js';
import { hashToken, newToken } from '../../src/access/access-tokens.js';
import { AuditLog } from '../../src/actors/access/audit-log.js';
import { TokenStore } from '../../src/actors/access/token-store.js';
import { systemClock } from '../../src/clock.js';
import { LiveHub } from '../../src/http/live/live.js';
import { startHttp, type RunningHttp } from '../../src/http/server.js';
import { changeTokens } from '../../src/access/tokens-file.js';
import { FakeServices } from '../support/http-fakes.js';

let dataDir: string;
let store: TokenStore;
let hub: LiveHub;
let http: RunningHttp;
let audit: AuditLog;
const sockets: WebSocket[] = [];

const fail = (error: Error): never => {
  throw error;
};

async function start(ratePerS = 100, allowedHosts: string[] = []): Promise<void> {
  const clock = systemClock;
  const services = new FakeServices();
  const rules = { staysOnMachine: true, anonymous: null };
  audit = new AuditLog({ dataDir, clock, onFailure: fail });
  store = new TokenStore({ dataDir, configured: [], rules, clock, onFailure: fail });
  store.start();
  hub = new LiveHub({ cameras: services.cameras, clock, defaults: { fps: 5, width: 640, quality: 75 } });
  const options = {
    host: '127.0.0.1',
    port: 0,
    allowedHosts,
    ratePerS,
    onRequest: () => undefined,
    reportBug: fail,
  };
  http = await startHttp({ ...options, doorkeeper: store, audit, services, hub, clock });
}

/** Makes a token as `nunchi tokens create` does. */
function makeToken(name: string, role: Role = 'viewer', expires: number | null = null): string {
  const secret = newToken();
  const token = { name, role, cameras: null, sha256: hashToken(secret), created: 0, expires };
  changeTokens(dataDir, (tokens) => [...tokens, token]);
  return secret;
}

function ask(url: string, token?: string, init: RequestInit = {}): Promise<Response> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return fetch(`${http.url}${url}`, { ...init, headers });
}

/** Resolves with the status of a request whose Host and Origin are the test's, which fetch does not let it choose. */
function statusFor(method: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${http.url}/api/live-tickets`, { method, headers }, (reply) => {
      reply.resume();
      resolve(reply.statusCode);
    });
    request.on('error', reject);
    request.end();
  });
}

function open(token: string): Promise<WebSocket> {
  const headers = { authorization: `Bearer ${token}` };
  const socket = new WebSocket(`${http.url.replace('http', 'ws')}/ws`, { headers });
  sockets.push(socket);
  return new Promise((resolve, reject) => {
    socket.on('open', () => {
      resolve(socket);
    });
    socket.on('error', reject);
  });
}

/** Resolves with the close code, and the milliseconds until then. */
function closing(socket: WebSocket): Promise<{ code: number; ms: number }> {
  const begin = performance.now();
  return new Promise((resolve) => {
    socket.once('close', (code) => {
      resolve({ code, ms: performance.now() - begin });
    });
  });
}

beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'nunchi-access-'));
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  http.close();
  store.stop();
  await audit.flush();
  rmSync(dataDir, { recursive: true });
});

describe('a token', () => {
  it('that is revoked closes its WebSockets within a second, and no others', async () => {
    const [gone, stays] = [makeToken('gone'), makeToken('stays')];
    await start();
    const [closes, remains] = [await open(gone), await open(stays)];
    const closed = closing(closes);
    changeTokens(dataDir, (tokens) => tokens.filter(({ name }) => name !== 'gone'));
    const { code, ms } = await closed;
    expect(code).toBe(1008);
    expect(ms).toBeLessThan(1_000);
    expect(remains.readyState).toBe(WebSocket.OPEN);
    expect(hub.counters().clients).toBe(1);
    expect((await ask('/api/cameras', gone)).status).toBe(401);
    expect((await ask('/api/cameras', stays)).status).toBe(200);
  });

  it('that expires does so too', async () => {
    const expires = Date.now() / 1000 + 1.5;
    const token = makeToken('short', 'viewer', expires);
    await start();
    const { code } = await closing(await open(token));
    const lateS = Date.now() / 1000 - expires;
    expect(code).toBe(1008);
    expect(lateS).toBeGreaterThanOrEqual(0);
    expect(lateS).toBeLessThan(1);
  });

  it('that is made ends what was open to everybody', async () => {
    await start();
    expect((await ask('/api/cameras')).status).toBe(200);
    const socket = await open('');
    const closed = closing(socket);
    const token = makeToken('first');
    expect((await closed).ms).toBeLessThan(1_000);
    expect((await ask('/api/cameras')).status).toBe(401);
    expect((await ask('/livez')).status).toBe(200);
    expect((await ask('/api/me', token)).status).toBe(200);
  });

  it('leaves its name, an address and what it did in the audit log, and nothing else', async () => {
    const token = makeToken('boss', 'admin');
    await start();
    await ask('/api/live-tickets', token, { method: 'POST' });
    await ask('/api/me', 'wrong');
    const text = await (await ask('/api/audit', token)).text();
    const { entries } = JSON.parse(text) as { entries: object[] };
    expect(entries).toMatchObject([
      { caller: null, address: '127.0.0.1', action: 'GET /api/me', status: 401 },
      { caller: 'boss', address: '127.0.0.1', action: 'POST /api/live-tickets', status: 201 },
    ]);
    expect(text).not.toContain(token);
  });
});

describe('Host and Origin', () => {
  it('of others are refused, those of the reverse proxy are not', async () => {
    await start(100, ['cams.example']);
    const own = new URL(http.url).host;
    expect(await statusFor('POST', { host: own })).toBe(201);
    expect(await statusFor('POST', { host: `rebound.example:${http.port}` })).toBe(403);
    expect(await statusFor('POST', { host: own, origin: 'http://evil.example' })).toBe(403);
    expect(await statusFor('POST', { host: own, origin: `http://${own}` })).toBe(201);
    expect(await statusFor('POST', { host: 'cams.example', origin: 'https://cams.example' })).toBe(201);
    expect(http.counters().refused).toMatchObject({ host: 1, origin: 1 });
  });

  it('are not taken from what a proxy says', async () => {
    await start();
    const headers = { host: 'rebound.example', 'x-forwarded-host': new URL(http.url).host };
    expect(await statusFor('POST', headers)).toBe(403);
  });
});

it('tells who asks too often when to come back, and serves the dashboard all the same', async () => {
  await start(20);
  const replies = await Promise.all(Array.from({ length: 60 }, () => ask('/api/version')));
  const refused = replies.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThanOrEqual(20);
  expect(replies.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(20);
  expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect((await ask('/')).status).toBe(200);
  const { requests, refused: counted } = http.counters();
  expect(counted.rate).toBe(refused.length);
  expect(requests).toContainEqual({ method: 'GET', route: '/', status: '2xx', count: 1 });
});
