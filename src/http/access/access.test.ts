import { describe, expect, it } from 'vitest';
import { testApp } from '../../../test/support/http-app.js';
import { FakeServices } from '../../../test/support/http-fakes.js';
import type { Role } from '../../access/access.js';
import { hashToken, type AccessToken } from '../../access/access-tokens.js';

function tokenOf(name: string, role: Role, cameras: string[] | null = null): AccessToken {
  return { name, role, cameras, sha256: hashToken(name), created: 0, expires: null };
}

function setUp() {
  const tokens = [tokenOf('eye', 'viewer', ['gate']), tokenOf('ops', 'operator'), tokenOf('boss', 'admin')];
  const { app, tickets, audit, counts } = testApp(new FakeServices(), { tokens });
  const ask = async (
    token: string | null,
    method: string,
    path: string,
    headers: Record<string, string> = {},
  ) => {
    const authorization: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
    const init = { method, headers: { ...authorization, ...headers } };
    return app.request(`http://localhost:8971${path}`, init, { address: '10.0.0.1' });
  };
  return { ask, tickets, audit, counts };
}

it('tells callers who they are', async () => {
  const { ask } = setUp();
  expect(await (await ask('eye', 'GET', '/api/me')).json()).toEqual({
    name: 'eye',
    role: 'viewer',
    cameras: ['gate'],
  });
  expect(await (await ask('boss', 'GET', '/api/me')).json()).toMatchObject({ role: 'admin', cameras: null });
});

it.each(['/api/stats', '/metrics'])('refuses %s to those who see some cameras only', async (path) => {
  const { ask } = setUp();
  const refused = await ask('eye', 'GET', path);
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({ code: 'request.forbidden' });
  expect((await ask('ops', 'GET', path)).status).toBe(200);
});

it('gives a ticket that stands for who asked for it', async () => {
  const { ask, tickets } = setUp();
  const reply = await ask('eye', 'POST', '/api/live-tickets');
  expect(reply.status).toBe(201);
  const { ticket } = (await reply.json()) as { ticket: string };
  expect(tickets.redeem(ticket)?.caller.name).toBe('eye');
});

it('ends a stream of events when the token is revoked, and not when another is', async () => {
  const tokens = [tokenOf('eye', 'viewer'), tokenOf('ops', 'operator')];
  const { app, doorkeeper } = testApp(new FakeServices(), { tokens });
  let cancelled = 0;
  app.get('/api/stream', () => {
    const body = new ReadableStream({
      cancel() {
        cancelled += 1;
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } });
  });
  const read = (token: string) =>
    app.request('http://localhost:8971/api/stream', { headers: { authorization: `Bearer ${token}` } });
  const [ofEye, ofOps] = [await read('eye'), await read('ops')];
  doorkeeper.replace(tokens.slice(1), 0);
  expect(await ofEye.text()).toBe('');
  expect(cancelled).toBe(1);
  await ofOps.body?.cancel();
  expect(cancelled).toBe(2);
});

describe('x-request-id', () => {
  it.each(['abc-1.2_3', 'a'.repeat(64)])('%s is taken over', async (id) => {
    const { ask } = setUp();
    expect((await ask('eye', 'GET', '/api/me', { 'x-request-id': id })).headers.get('x-request-id')).toBe(id);
  });

  it.each(['a b', '<script>', 'a'.repeat(65), ''])('%j is replaced, on refusals too', async (id) => {
    const { ask } = setUp();
    const reply = await ask(null, 'GET', '/api/me', { 'x-request-id': id });
    expect(reply.status).toBe(401);
    expect(reply.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('the audit log', () => {
  it('has changes with who, what and how it ended, and no reading', async () => {
    const { ask, audit } = setUp();
    await ask('eye', 'GET', '/api/cameras/gate');
    await ask('ops', 'POST', '/api/cameras/none/calibrate', { 'x-request-id': 'r1' });
    expect(audit).toHaveLength(1);
    expect(audit[0]).toMatchObject({
      caller: 'ops',
      address: '10.0.0.1',
      action: 'POST /api/cameras/{id}/calibrate',
      target: 'none',
      request_id: 'r1',
    });
  });

  it('has refusals, of which only ten a minute from one address', async () => {
    const { ask, audit } = setUp();
    await ask('eye', 'POST', '/api/cameras/gate/calibrate');
    await ask('wrong', 'GET', '/api/cameras/gate');
    expect(audit.map(({ caller, action, target, status }) => [caller, action, target, status])).toEqual([
      [null, 'GET /api/cameras/{id}', 'gate', 401],
      ['eye', 'POST /api/cameras/{id}/calibrate', 'gate', 403],
    ]);
    for (let knocks = 0; knocks < 50; knocks += 1) await ask(null, 'DELETE', '/api/nothing');
    expect(audit).toHaveLength(10);
    expect(audit[0]).toMatchObject({ action: 'DELETE none', target: null });
  });

  it('never has a token, a query or a body', async () => {
    const { ask, audit } = setUp();
    await ask('wrong-token', 'GET', '/api/events?secret=1');
    await ask('boss', 'POST', '/api/live-tickets?secret=1');
    expect(audit).toHaveLength(2);
    expect(JSON.stringify(audit)).not.toMatch(/secret|wrong-token/);
  });

  it('is for admins, a page at a time', async () => {
    const { ask } = setUp();
    await ask('boss', 'POST', '/api/live-tickets');
    expect((await ask('ops', 'GET', '/api/audit')).status).toBe(403);
    const reply = await ask('boss', 'GET', '/api/audit?limit=2');
    const { entries } = (await reply.json()) as { entries: { caller: string }[] };
    expect(entries.map(({ caller }) => caller)).toEqual(['ops', 'boss']);
    expect((await ask('boss', 'GET', '/api/audit?limit=0')).status).toBe(400);
    expect((await ask('boss', 'GET', '/api/audit?before=x')).status).toBe(400);
  });
});

it('counts requests by route, whatever stands in the path', async () => {
  const { ask, counts } = setUp();
  await ask('eye', 'GET', '/api/cameras/gate');
  await ask('eye', 'GET', '/api/cameras/none');
  await ask('eye', 'GET', '/api/cameras/other');
  await ask('eye', 'BREW', '/tea');
  expect(counts.all()).toEqual([
    { method: 'GET', route: '/api/cameras/{id}', status: '2xx', count: 1 },
    { method: 'GET', route: '/api/cameras/{id}', status: '4xx', count: 2 },
    { method: 'other', route: 'none', status: '4xx', count: 1 },
  ]);
});
