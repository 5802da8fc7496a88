import { describe, expect, it } from 'vitest';
import { apiFor, neighbour, operator, viewer } from '../../../test/support/api-callers.js';
import { FakeServices } from '../../../test/support/http-fakes.js';

function setUp() {
  const services = new FakeServices();
  return { services, ...apiFor(services) };
}

const report = { camera: 'gate', label: 'parcel' };

describe('POST /api/events', () => {
  it('answers with the event and where it is', async () => {
    const { send, services } = setUp();
    const { status, headers, json } = await send(operator, 'POST', '/events', report);
    expect(status).toBe(201);
    expect(json).toMatchObject(report);
    expect(headers.get('location')).toBe(`/api/events/${String(json['id'])}`);
    const asked = { ...report, severity: 'medium', data: {} };
    expect(services.asked).toEqual([['create', asked, 'caller-0', null]]);
  });

  it('passes on all that is given, and the key', async () => {
    const { send, services } = setUp();
    const given = {
      ...report,
      label: ' parcel ',
      severity: 'critical',
      start_time: 1.5,
      end_time: 2,
      summary: 'A parcel',
      data: { order: 7, fragile: true, from: 'us', sizes: [1, 2], tags: ['a'] },
    };
    const reply = await send(operator, 'POST', '/events', given, { 'idempotency-key': 'a-1' });
    expect(reply.status).toBe(201);
    expect(services.asked).toEqual([['create', { ...given, label: 'parcel' }, 'caller-0', 'a-1']]);
  });

  it.each([
    [{}, 'camera'],
    [{ ...report, label: '  ' }, 'label'],
    [{ ...report, label: 'fire\r\nbcc: all' }, 'label: has a control character'],
    [{ ...report, severity: 'bad' }, 'severity'],
    [{ ...report, start_time: -1 }, 'start_time'],
    [{ ...report, end_time: '5' }, 'end_time'],
    [{ ...report, summary: 'x'.repeat(501) }, 'summary'],
    [{ ...report, colour: 'red' }, 'colour: is unknown'],
    [{ ...report, data: { pattern: 'AAAA' } }, 'data: has a name that the service writes itself'],
    [{ ...report, data: { created_by: 'somebody else' } }, 'data: has a name'],
    [{ ...report, data: { deep: { er: 1 } } }, 'data.deep'],
    [
      { ...report, data: Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`k${n}`, n])) },
      'data: has more',
    ],
  ])('refuses %j', async (body, detail) => {
    const { send, services } = setUp();
    const { status, json } = await send(operator, 'POST', '/events', body);
    expect([status, json['code']]).toEqual([400, 'request.invalid']);
    expect(json['detail']).toContain(detail);
    expect(services.asked).toEqual([]);
  });

  it('refuses a key that cannot be one', async () => {
    const { send } = setUp();
    const { status, json } = await send(operator, 'POST', '/events', report, { 'idempotency-key': 'a b' });
    expect(status).toBe(400);
    expect(json['detail']).toContain('header "idempotency-key"');
  });

  it('is for operators of the camera', async () => {
    const { send, services } = setUp();
    expect((await send(viewer, 'POST', '/events', report)).status).toBe(403);
    const hidden = await send(neighbour, 'POST', '/events', report);
    expect(hidden).toMatchObject({ status: 404, json: { code: 'camera.not_found' } });
    expect((await send(neighbour, 'POST', '/events', { ...report, camera: '1' })).status).toBe(201);
    expect(services.asked).toHaveLength(1);
  });
});
