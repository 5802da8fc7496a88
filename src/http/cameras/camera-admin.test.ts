import { describe, expect, it } from 'vitest';
import { testApp } from '../../../test/support/http-app.js';
import { FakeServices } from '../../../test/support/http-fakes.js';
import type { Role } from '../../access/access.js';
import { hashToken, type AccessToken } from '../../access/access-tokens.js';

const SECRET = 's'.repeat(40);

/** Everything is asked by a caller of this role and scope. */
function setUp(role: Role = 'admin', cameras: string[] | null = null) {
  const services = new FakeServices();
  const token: AccessToken = {
    name: 'me',
    role,
    cameras,
    sha256: hashToken(SECRET),
    created: 0,
    expires: null,
  };
  const { app } = testApp(services, { tokens: [token] });
  const send = async (method: string, path: string, body?: unknown, type = 'application/json') => {
    const headers = {
      authorization: `Bearer ${SECRET}`,
      ...(body !== undefined && { 'content-type': type }),
    };
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const reply = await app.request(`http://localhost:8971/api/cameras${path}`, init);
    const text = await reply.text();
    const json = (text === '' ? null : JSON.parse(text)) as Record<string, unknown> | null;
    return { status: reply.status, json, headers: reply.headers };
  };
  return { services, send };
}

const camera = { id: 'yard', url: 'rtsp://me:secret@10.0.0.6/s1', vad: { fps: 2 } };

describe('cameras at run time', () => {
  it('are added: 201 with their address', async () => {
    const { send, services } = setUp();
    const { status, json, headers } = await send('POST', '', camera);
    expect([status, headers.get('location'), json?.['id']]).toEqual([201, '/api/cameras/yard', 'yard']);
    const { id, ...settings } = camera;
    expect(services.asked).toEqual([['add', id, { ...settings, transport: 'tcp', live: {} }]]);
  });

  it('are changed by a merge patch, under either content type', async () => {
    const { send, services } = setUp();
    expect((await send('PATCH', '/gate', { name: null, vad: { fps: 2 } })).status).toBe(200);
    expect((await send('PATCH', '/gate', { name: 'Gate' }, 'application/merge-patch+json')).status).toBe(200);
    expect(services.asked).toEqual([
      ['change', 'gate', { name: null, vad: { fps: 2 } }],
      ['change', 'gate', { name: 'Gate' }],
    ]);
  });

  it('are removed: 204 and nothing else', async () => {
    const { send, services } = setUp();
    expect(await send('DELETE', '/gate')).toMatchObject({ status: 204, json: null });
    expect(services.asked).toEqual([['remove', 'gate']]);
  });

  it('are paused and resumed by an operator', async () => {
    const { send, services } = setUp('operator');
    expect(await send('POST', '/gate/pause')).toMatchObject({ status: 200, json: { id: 'gate' } });
    expect(await send('POST', '/gate/resume')).toMatchObject({ status: 200, json: { id: 'gate' } });
    expect(services.asked).toEqual([
      ['pause', 'gate'],
      ['resume', 'gate'],
    ]);
  });

  it.each([
    ['POST', '', { ...camera, id: 'gate' }, 409, 'camera.exists', 'gate'],
    ['POST', '', { id: 'yard' }, 400, 'request.invalid', 'url'],
    ['POST', '', { ...camera, id: 'a b' }, 400, 'request.invalid', 'id'],
    ['POST', '', { ...camera, vad: { fps: 99 } }, 400, 'request.invalid', 'vad.fps'],
    ['POST', '', { ...camera, password: 'x' }, 400, 'request.invalid', 'password: is unknown'],
    ['POST', '', [], 400, 'request.invalid', 'body'],
    ['PATCH', '/gate', { url: null }, 400, 'request.invalid', 'url'],
    ['PATCH', '/gate', { zones: { door: { points: [] } } }, 400, 'request.invalid', 'zones.door.points'],
    ['PATCH', '/none', { name: 'x' }, 404, 'camera.not_found', 'none'],
    ['DELETE', '/none', undefined, 404, 'camera.not_found', 'none'],
    ['POST', '/none/pause', undefined, 404, 'camera.not_found', 'none'],
    ['POST', '/test', { url: 'http://10.0.0.5/' }, 400, 'camera.url_refused', 'url'],
    ['POST', '/test', {}, 400, 'request.invalid', 'url'],
  ])('%s %s %j answers %d %s', async (method, path, body, status, code, detail) => {
    const { send } = setUp();
    const reply = await send(method, path, body);
    expect([reply.status, reply.json?.['code']]).toEqual([status, code]);
    expect(reply.json?.['detail']).toContain(detail);
  });

  it.each([
    ['POST', '', { id: 'yard' }, 'url', 'url: '],
    ['PATCH', '/gate', { vad: { fps: 99 } }, 'vad.fps', 'vad.fps: '],
    [
      'PATCH',
      '/gate',
      { zones: { 'a b': { points: [] } } },
      'zones.a b',
      'zones.a b: a zone name is 1 to 64 letters, digits, _ or -',
    ],
  ])('%s %s %j is told to be wrong at %s', async (method, path, body, field, detail) => {
    const { send } = setUp();
    const { json } = await send(method, path, body);
    expect(json).toMatchObject({ field, detail: expect.stringContaining(detail) as string });
  });

  it.each([
    ['viewer', 'POST', '/gate/pause', undefined],
    ['operator', 'POST', '', camera],
    ['operator', 'PATCH', '/gate', {}],
    ['operator', 'DELETE', '/gate', undefined],
    ['operator', 'POST', '/test', { url: 'rtsp://10.0.0.5/' }],
  ] as const)('%s may not %s %s', async (role, method, path, body) => {
    const { send, services } = setUp(role);
    expect((await send(method, path, body)).status).toBe(403);
    expect(services.asked).toEqual([]);
  });

  it('are out of reach for a caller of other cameras', async () => {
    const { send, services } = setUp('admin', ['1']);
    for (const [method, path, body] of [
      ['PATCH', '/gate', {}],
      ['DELETE', '/gate', undefined],
      ['POST', '/gate/pause', undefined],
    ] as const)
      expect((await send(method, path, body)).json?.['code']).toBe('camera.not_found');
    expect((await send('POST', '', camera)).status).toBe(403);
    expect((await send('POST', '/test', { url: 'rtsp://10.0.0.5/' })).status).toBe(403);
    expect(services.asked).toEqual([]);
  });
});

describe('a stream that is tried', () => {
  it('is shown', async () => {
    const { send } = setUp();
    expect(await send('POST', '/test', { url: 'rtsp://10.0.0.5/s1', transport: 'udp' })).toMatchObject({
      status: 200,
      json: {
        ok: true,
        codec: 'h264',
        width: 64,
        height: 48,
        fps: 10,
        snapshot: 'data:image/jpeg;base64,/9g=',
      },
    });
  });

  it('and does not answer is no error of the request', async () => {
    const { send } = setUp();
    expect(await send('POST', '/test', { url: 'rtsp://dead/s1' })).toMatchObject({
      status: 200,
      json: { ok: false, code: 'camera.open_failed', message: 'nobody answers' },
    });
  });
});
