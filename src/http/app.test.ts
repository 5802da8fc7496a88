import { describe, expect, it } from 'vitest';
import { anomalyEvent } from '../../test/support/anomaly-event.js';
import { cameraView, FakeServices } from '../../test/support/http-fakes.js';
import { testApp } from '../../test/support/http-app.js';
import { AppError } from '../errors.js';
import { dashboardPaths } from './dashboard-files.js';
import { probePaths } from './health.js';

function setup(tokens: readonly string[] = []) {
  const services = new FakeServices();
  const { app, tickets } = testApp(services, { tokens, publicPaths: probePaths });
  const get = async (path: string, init?: RequestInit) => app.request(`http://localhost:8971${path}`, init);
  const json = async (path: string) => (await get(path)).json() as Promise<Record<string, unknown>>;
  return { services, tickets, get, json };
}

describe('cameras', () => {
  it('are listed, and shown one by one', async () => {
    const { json, services } = setup();
    expect(await json('/api/cameras')).toEqual({ cameras: services.views });
    expect(await json('/api/cameras/1')).toEqual(services.views[1]);
  });

  it.each([
    ['', 1280],
    ['?width=640', 640],
    ['?width=1', 64],
    ['?width=100000', 1920],
    ['?t=1700000000', 1280],
  ])('give their newest picture for latest.jpg%s', async (query, width) => {
    const { get, services } = setup();
    const reply = await get(`/api/cameras/gate/latest.jpg${query}`);
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toBe('image/jpeg');
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect((await reply.arrayBuffer()).byteLength).toBe(100);
    expect(services.snapshotWidths).toEqual([width]);
  });

  it.each([
    ['/api/events?__proto__=1', 400, 'request.invalid'],
    ['/api/cameras/none', 404, 'camera.not_found'],
    ['/api/cameras/none/latest.jpg', 404, 'camera.not_found'],
    ['/api/cameras/dark/latest.jpg', 503, 'camera.not_streaming'],
    ['/api/cameras/gate/latest.jpg?width=wide', 400, 'request.invalid'],
  ])('%s answers %d %s', async (path, status, code) => {
    const { get, services } = setup();
    services.views.push(cameraView('dark', { state: 'backing_off' }));
    const reply = await get(path);
    expect(reply.status).toBe(status);
    expect(reply.headers.get('content-type')).toBe('application/problem+json');
    expect(await reply.json()).toMatchObject({ type: 'about:blank', status, code });
  });
});

describe('events', () => {
  it('come as a page with a cursor', async () => {
    const { json, services } = setup();
    services.stored = [anomalyEvent()];
    expect(await json('/api/events')).toEqual({ events: services.stored, next_cursor: 'next' });
    expect(services.queries).toEqual([{ limit: 50 }]);
  });

  it('are found one by one, with their picture and its overlay', async () => {
    const { get, json, services } = setup();
    const event = anomalyEvent();
    services.stored = [event];
    services.eventPictures = { plain: new Uint8Array([0xff, 0xd8]), overlay: new Uint8Array(3) };
    expect(await json(`/api/events/${event.id}`)).toEqual(event);
    const lengthOf = async (query: string) =>
      (await get(`/api/events/${event.id}/snapshot.jpg${query}`)).headers.get('content-length');
    expect(await lengthOf('')).toBe('2');
    expect(await lengthOf('?overlay=0')).toBe('2');
    expect(await lengthOf('?overlay=1')).toBe('3');
    expect(await json('/api/events/none')).toMatchObject({ status: 404, code: 'event.not_found' });
  });

  it.each([
    ['', 404, 'snapshot.not_found', 'no picture'],
    ['?overlay=1', 404, 'snapshot.not_found', 'overlay'],
    ['?overlay=yes', 400, 'request.invalid', 'overlay'],
  ])('without a picture answer snapshot.jpg%s with %d %s', async (query, status, code, named) => {
    const { json, services } = setup();
    const event = anomalyEvent();
    services.stored = [event];
    const problem = await json(`/api/events/${event.id}/snapshot.jpg${query}`);
    expect(problem).toMatchObject({ status, code });
    expect(problem['detail']).toContain(named);
  });

  it('let a client keep a picture of one moment, but not the newest of an event that may change', async () => {
    const { get, services } = setup();
    services.eventPictures = { plain: new Uint8Array(2) };
    const event = anomalyEvent();
    services.stored = [event];
    const cacheOf = async (query: string) =>
      (await get(`/api/events/${event.id}/snapshot.jpg${query}`)).headers.get('cache-control');
    expect(await cacheOf('')).toBe('no-store');
    expect(await cacheOf('?t=1700000000.5')).toContain('immutable');
  });

  it('refuse a filter they do not know', async () => {
    const { get } = setup();
    const reply = await get('/api/events?colour=red');
    expect(reply.status).toBe(400);
    const { code, detail } = (await reply.json()) as Record<string, string>;
    expect(code).toBe('request.invalid');
    expect(detail).toContain('colour');
  });
});

describe('the product about itself', () => {
  it('tells version and stats', async () => {
    const { json, services } = setup();
    expect(await json('/api/version')).toEqual({ version: '1.2.3' });
    expect(await json('/api/stats')).toMatchObject({ ready: true, failures: [], uptime_s: 1 });
    services.ready = false;
    expect(await json('/api/stats')).toMatchObject({ ready: false, failures: ['the disk is full'] });
  });

  it('answers probes without giving reasons where there are tokens', async () => {
    const { get, services } = setup(['secret']);
    expect(await (await get('/livez')).json()).toEqual({ status: 'ok' });
    expect(await (await get('/readyz')).json()).toEqual({ status: 'ready' });
    services.ready = false;
    const unready = await get('/readyz');
    expect(unready.status).toBe(503);
    expect(await unready.json()).toEqual({ status: 'not ready' });
  });

  it('gives the reasons to whoever is on a machine without tokens: that one may ask for all', async () => {
    const { get, services } = setup();
    services.ready = false;
    expect(await (await get('/readyz')).json()).toEqual({
      status: 'not ready',
      reasons: ['the disk is full'],
    });
  });

  it('gives operators who show their token the reasons, also of what is not done though it is ready', async () => {
    const { get, services } = setup(['secret']);
    const ask = async () => (await get('/readyz', { headers: { authorization: 'Bearer secret' } })).json();
    expect(await ask()).toEqual({ status: 'ready' });
    services.warnings = ['no clips are made'];
    expect(await ask()).toEqual({ status: 'ready', reasons: ['no clips are made'] });
    expect(await (await get('/readyz')).json()).toEqual({ status: 'ready' });
    services.ready = false;
    expect(await ask()).toEqual({ status: 'not ready', reasons: ['the disk is full', 'no clips are made'] });
  });

  it('gives its metrics in the format they come in', async () => {
    const { get } = setup();
    const reply = await get('/metrics');
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toBe('text/plain; version=0.0.4');
    expect(await reply.text()).toBe('nunchi_ready 1\n');
  });

  it('gives its metrics to nobody without a token, if there are any', async () => {
    const { get } = setup(['secret']);
    expect((await get('/metrics')).status).toBe(401);
    expect((await get('/metrics', { headers: { authorization: 'Bearer secret' } })).status).toBe(200);
  });

  it('issues tickets for the WebSocket', async () => {
    const { get, tickets } = setup();
    const reply = await get('/api/live-tickets', { method: 'POST' });
    expect(reply.status).toBe(201);
    const { ticket } = (await reply.json()) as { ticket: string };
    expect(tickets.redeem(ticket)?.caller.name).toBe('local');
  });
});

describe('the dashboard', () => {
  it.each(dashboardPaths)('serves %s, once per version', async (path) => {
    const { get } = setup();
    const reply = await get(path);
    expect(reply.status).toBe(200);
    expect((await reply.text()).length).toBeGreaterThan(100);
    const headers = { 'if-none-match': reply.headers.get('etag') ?? '' };
    expect((await get(path, { headers })).status).toBe(304);
  });

  it('serves every script and style its page and modules ask for', async () => {
    const { get } = setup();
    const asked = await Promise.all(
      dashboardPaths.map(async (path) => {
        const text = await (await get(path)).text();
        const named = text.matchAll(/(?:(?:src|href)="(?![/#])|from ')([a-z./-]+)["']/g);
        return [...named].map(([, file = '']) => new URL(file, `http://localhost${path}`).pathname);
      }),
    );
    expect(new Set(['/', ...asked.flat()])).toEqual(new Set(dashboardPaths));
  });

  it.each(['/server.ts', '/../app.ts', '/%2e%2e/app.ts', '/dashboard/tile.js'])(
    'serves no %s',
    async (path) => {
      const { get } = setup();
      expect((await get(path)).status).toBe(404);
    },
  );
});

describe('every reply', () => {
  it.each([
    ['/', 'GET'],
    ['/api/cameras', 'GET'],
    ['/none', 'GET'],
    ['/api/cameras', 'PUT'],
  ])('to %s %s is hardened, and tells no other site anything', async (path, method) => {
    const { get } = setup();
    const { headers } = await get(path, { method, headers: { origin: 'http://localhost:8971' } });
    expect(headers.get('content-security-policy')).toMatch(
      /default-src 'self'.*object-src 'none'.*frame-ancestors 'none'/,
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it('is hardened also when the guard turns the request away', async () => {
    const { get } = setup();
    const reply = await get('/api/cameras', { method: 'POST', headers: { origin: 'http://evil.example' } });
    expect(reply.status).toBe(403);
    expect(reply.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await reply.json()).toMatchObject({ code: 'request.forbidden' });
  });

  it('names what there is instead of a wrong method or path', async () => {
    const { get } = setup();
    const wrongMethod = await get('/api/events', { method: 'DELETE' });
    expect(wrongMethod.status).toBe(405);
    expect(wrongMethod.headers.get('allow')).toBe('POST, GET, HEAD');
    expect(await (await get('/api/nothing')).json()).toMatchObject({
      status: 404,
      code: 'request.not_found',
    });
    expect((await get('/api/version', { method: 'HEAD' })).status).toBe(200);
  });

  it('hides bugs, and tells an overloaded client to come back', async () => {
    const { get, services } = setup();
    services.events.query = () => Promise.reject(new TypeError('secret'));
    const bug = await get('/api/events');
    expect(bug.status).toBe(500);
    expect(await bug.text()).not.toContain('secret');
    services.events.query = () => Promise.reject(new AppError('store.overloaded', 'too many events wait'));
    const overloaded = await get('/api/events');
    expect([overloaded.status, overloaded.headers.get('retry-after')]).toEqual([429, '1']);
  });
});
