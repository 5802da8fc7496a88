import { describe, expect, it } from 'vitest';
import { alertRecord } from '../../../test/support/alert-record.js';
import { anomalyEvent } from '../../../test/support/anomaly-event.js';
import { testApp } from '../../../test/support/http-app.js';
import { FakeServices } from '../../../test/support/http-fakes.js';
import { alertedEvent } from '../../alerting/alert-core.js';
import type { Role } from '../../access/access.js';
import { hashToken } from '../../access/access-tokens.js';

const secret = 'x'.repeat(32);

function setUp(role: Role = 'admin', cameras: readonly string[] | null = null) {
  const services = new FakeServices();
  const scope = cameras === null ? null : [...cameras];
  const token = {
    name: 'porter',
    role,
    cameras: scope,
    sha256: hashToken(secret),
    created: 0,
    expires: null,
  };
  const { app } = testApp(services, { tokens: [token] });
  const send = async (method: string, path: string, body?: unknown) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${secret}` };
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const reply = await app.request(`http://localhost:8971/api${path}`, init);
    return { status: reply.status, json: (await reply.json()) as Record<string, unknown> };
  };
  return { alerts: services.alerts, send };
}

const eventOf = (camera: string, severity: 'low' | 'medium') =>
  alertedEvent(anomalyEvent({ camera, severity }), camera);
const digest = () =>
  alertRecord({
    id: 'digest',
    kind: 'digest',
    severity: 'medium',
    events: [eventOf('gate', 'low'), eventOf('yard', 'medium')],
  });

describe('alerts', () => {
  it('are listed with what was asked for', async () => {
    const { send, alerts } = setUp();
    alerts.records = [digest()];
    const query =
      'camera=gate&severity=medium&kind=digest&channel=phone&status=sent&after=1&before=2.5&limit=7';
    expect(await send('GET', `/alerts?${query}&cursor=c`)).toEqual({
      status: 200,
      json: { alerts: JSON.parse(JSON.stringify(alerts.records)) as unknown, next_cursor: null },
    });
    expect(alerts.queries).toEqual([
      {
        camera: 'gate',
        severity: 'medium',
        kind: 'digest',
        channel: 'phone',
        status: 'sent',
        after: 1,
        before: 2.5,
        limit: 7,
        cursor: 'c',
        scope: null,
      },
    ]);
    expect((await send('GET', '/alerts/digest')).json).toMatchObject({ id: 'digest', count: 2 });
  });

  it('say nothing of a camera that the caller may not see', async () => {
    const { send, alerts } = setUp('operator', ['gate']);
    alerts.records = [digest(), alertRecord({ id: 'notice', kind: 'notice' })];
    const narrowed = { id: 'digest', severity: 'low', count: 1, counts: [{ camera: 'gate' }] };
    const { json } = await send('GET', '/alerts');
    expect(json).toMatchObject({ alerts: [narrowed] });
    expect(JSON.stringify(json)).not.toContain('yard');
    expect(alerts.queries[0]?.scope).toEqual(['gate']);
    expect((await send('GET', '/alerts/digest')).json).toMatchObject(narrowed);
    expect((await send('GET', '/alerts/notice')).json).toMatchObject({ code: 'alert.not_found' });
    expect((await send('GET', '/alerts?camera=yard')).json).toMatchObject({ alerts: [] });
    expect((await send('GET', '/alerts?severity=medium')).json).toMatchObject({ alerts: [] });
    expect(await send('GET', '/alerts/channels')).toMatchObject({ status: 403 });
    expect(await send('PUT', '/cameras/1/mute', { minutes: 1 })).toMatchObject({ status: 404 });
  });

  it.each([
    ['GET', '/alerts/none', undefined, 404, 'alert.not_found'],
    ['GET', '/alerts?limit=201', undefined, 400, 'request.invalid'],
    ['GET', '/alerts?after=yesterday', undefined, 400, 'request.invalid'],
    ['GET', '/alerts?colour=red', undefined, 400, 'request.invalid'],
    ['POST', '/alerts/channels/none/test', undefined, 404, 'alert.channel_not_found'],
    ['PUT', '/alerts/channels/phone/snooze', { minutes: -1 }, 400, 'request.invalid'],
    ['PUT', '/alerts/channels/phone/snooze', { hours: 1 }, 400, 'request.invalid'],
    ['PUT', '/cameras/none/mute', { minutes: 1 }, 404, 'camera.not_found'],
    ['PUT', '/cameras/gate/mute', {}, 400, 'request.invalid'],
  ])('%s %s %j answers %d %s', async (method, path, body, status, code) => {
    const { send } = setUp();
    expect(await send(method, path, body)).toMatchObject({ status, json: { code } });
  });
});

describe('alert channels', () => {
  it('are shown, tested, snoozed and enabled', async () => {
    const { send, alerts } = setUp();
    expect((await send('GET', '/alerts/channels')).json).toEqual({ channels: alerts.channels() });
    expect((await send('POST', '/alerts/channels/phone/test')).json).toEqual({ sent: true, took_ms: 12 });
    expect((await send('PUT', '/alerts/channels/phone/snooze', { minutes: 30 })).status).toBe(200);
    expect((await send('POST', '/alerts/channels/phone/enable')).status).toBe(200);
    expect((await send('PUT', '/cameras/gate/mute', { minutes: null })).json).toMatchObject({ muted: true });
    expect((await send('GET', '/cameras/gate/mute')).json).toEqual({ muted: false, muted_until: null });
    expect(alerts.asked).toEqual([
      ['test', 'phone'],
      ['snooze', 'phone', 30],
      ['enable', 'phone'],
      ['mute', 'gate', null],
    ]);
  });

  it.each([
    ['viewer', 'POST', '/alerts/channels/phone/test'],
    ['viewer', 'PUT', '/alerts/channels/phone/snooze'],
    ['viewer', 'PUT', '/cameras/gate/mute'],
    ['operator', 'POST', '/alerts/channels/phone/enable'],
  ] as const)('a %s may not %s %s', async (role, method, path) => {
    const { send, alerts } = setUp(role);
    const body = method === 'PUT' ? { minutes: 1 } : undefined;
    expect(await send(method, path, body)).toMatchObject({
      status: 403,
      json: { code: 'request.forbidden' },
    });
    expect(alerts.asked).toEqual([]);
  });
});
