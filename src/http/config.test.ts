import { describe, expect, it } from 'vitest';
import { testApp } from '../../test/support/http-app.js';
import { FakeServices } from '../../test/support/http-fakes.js';
import { hashToken, type AccessToken } from '../access/access-tokens.js';

const token = '0123456789abcdef0123456789abcdef';

function setup(tokens: readonly (string | AccessToken)[] = []) {
  const services = new FakeServices();
  const { app } = testApp(services, { tokens });
  const request = async (path: string, init?: RequestInit) =>
    app.request(`http://localhost:8971${path}`, init);
  const patch = async (body: string, type = 'application/json') =>
    request('/api/config', { method: 'PATCH', body, headers: { 'content-type': type } });
  return { services, request, patch };
}

describe('/api/config', () => {
  it('shows the configuration, and what is to be known about it', async () => {
    const { request, services } = setup();
    expect(await (await request('/api/config')).json()).toEqual(services.config.view());
  });

  it.each(['application/json', 'application/merge-patch+json'])('takes a merge patch as %s', async (type) => {
    const { patch, services } = setup();
    expect((await patch('{"alerts":{"dedup_s":30,"rules":null}}', type)).status).toBe(200);
    expect(services.asked).toEqual([['patch', { alerts: { dedup_s: 30, rules: null } }]]);
  });

  it.each([
    ['{"http":{"port":1}}', 409, 'config.read_only'],
    ['[]', 400, 'request.invalid'],
    ['{', 400, 'request.invalid'],
  ])('answers %s with %d %s', async (body, status, code) => {
    const reply = await setup().patch(body);
    expect([reply.status, await reply.json()]).toEqual([
      status,
      expect.objectContaining({ code }) as unknown,
    ]);
  });

  it('is for those with a token, where there is one', async () => {
    const { request } = setup([token]);
    for (const path of ['/api/config', '/api/config/schema.json'])
      expect((await request(path)).status).toBe(401);
    const headers = { authorization: `Bearer ${token}` };
    expect((await request('/api/config', { headers })).status).toBe(200);
  });

  it('is not for an admin of some cameras: it names all of them', async () => {
    const ofGate: AccessToken = {
      name: 'gate',
      role: 'admin',
      cameras: ['gate'],
      sha256: hashToken(token),
      created: null,
      expires: null,
    };
    const { request } = setup([ofGate]);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    expect((await request('/api/config', { headers })).status).toBe(403);
    expect((await request('/api/config', { method: 'PATCH', body: '{}', headers })).status).toBe(403);
    expect((await request('/api/config/schema.json', { headers })).status).toBe(200);
  });

  it('has a schema that editors understand, without anything of this machine', async () => {
    const schema = (await (await setup().request('/api/config/schema.json')).json()) as {
      properties: Record<string, { properties: Record<string, object> }>;
    };
    expect(schema).toMatchObject({ $schema: expect.stringContaining('draft-07') as string, type: 'object' });
    expect(schema.properties['http']?.properties['port']).toMatchObject({ default: 8971, maximum: 65535 });
    expect(schema).not.toHaveProperty('required');
    expect(JSON.stringify(schema)).not.toContain(process.cwd());
  });
});
