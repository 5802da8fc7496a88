import type { Role } from '../../src/access/access.js';
import { hashToken, type AccessToken } from '../../src/access/access-tokens.js';
import type { FakeServices } from './http-fakes.js';
import { testApp } from './http-app.js';

/** Who asks: somebody with a role, for all cameras or for some. */
export interface TestCaller {
  role: Role;
  cameras: string[] | null;
}

export interface ApiAnswer {
  status: number;
  headers: Headers;
  json: Record<string, unknown>;
}

export const operator: TestCaller = { role: 'operator', cameras: null };
export const viewer: TestCaller = { role: 'viewer', cameras: null };
/** Runs camera 1 and does not know of others. */
export const neighbour: TestCaller = { role: 'operator', cameras: ['1'] };

/** The API without a socket, asked by several callers. */
export function apiFor(services: FakeServices) {
  const callers = [operator, viewer, neighbour];
  const tokens = callers.map((_caller, index) => `token-${index}-${'x'.repeat(32)}`);
  const known = callers.map(({ role, cameras }, index): AccessToken => {
    const sha256 = hashToken(tokens[index] ?? '');
    return { name: `caller-${index}`, role, cameras, sha256, created: null, expires: null };
  });
  const { app } = testApp(services, { tokens: known });
  const request = async (caller: TestCaller, method: string, path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${tokens[callers.indexOf(caller)] ?? ''}`);
    return app.request(`http://localhost:8971/api${path}`, { ...init, method, headers });
  };
  const send = async (
    caller: TestCaller,
    method: string,
    path: string,
    body?: unknown,
    given: Record<string, string> = {},
  ): Promise<ApiAnswer> => {
    const headers = { ...(body !== undefined && { 'content-type': 'application/json' }), ...given };
    const init = { headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const reply = await request(caller, method, path, init);
    const json = (await reply.json()) as Record<string, unknown>;
    return { status: reply.status, headers: reply.headers, json };
  };
  return { request, send };
}
