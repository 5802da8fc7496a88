import { describe, expect, it } from 'vitest';
import { apiFor, neighbour, viewer } from '../../../test/support/api-callers.js';
import { FakeServices } from '../../../test/support/http-fakes.js';

function setUp() {
  const services = new FakeServices();
  return { services, ...apiFor(services) };
}

describe('GET /api/events/stream', () => {
  it('streams what the caller may see', async () => {
    const { request, services } = setUp();
    services.streamed = ': hello\n\n';
    const reply = await request(neighbour, 'GET', '/events/stream');
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(await reply.text()).toBe(': hello\n\n');
    expect(services.asked).toEqual([['stream', { camera: ['1'] }, null]]);
  });

  it.each([
    ['', '7', {}, 7],
    ['?last_event_id=8', undefined, {}, 8],
    ['?last_event_id=8', '9', {}, 9],
    ['?camera=gate,%201&camera=yard', undefined, { camera: ['gate', '1', 'yard'] }, null],
    ['?severity=high&label=fire,smoke', undefined, { severity: ['high'], label: ['fire', 'smoke'] }, null],
  ])('%s with Last-Event-ID %s asks for %j after %s', async (query, header, filter, lastEventId) => {
    const { request, services } = setUp();
    const headers = header === undefined ? {} : { 'last-event-id': header };
    await (await request(viewer, 'GET', `/events/stream${query}`, { headers })).text();
    expect(services.asked).toEqual([['stream', filter, lastEventId]]);
  });

  it('tells nothing of a camera that the caller may not see, whatever is asked for', async () => {
    const { request, services } = setUp();
    await (await request(neighbour, 'GET', '/events/stream?camera=gate')).text();
    expect(services.asked).toEqual([['stream', { camera: [] }, null]]);
  });

  it.each([
    ['?camera=', 'camera'],
    ['?severity=bad', 'severity'],
    ['?last_event_id=-1', 'last_event_id'],
    ['?colour=red', 'colour'],
  ])('refuses %s', async (query, parameter) => {
    const { send, services } = setUp();
    const { status, json } = await send(viewer, 'GET', `/events/stream${query}`);
    expect([status, json['code']]).toEqual([400, 'request.invalid']);
    expect(json['detail']).toContain(`"${parameter}"`);
    expect(services.asked).toEqual([]);
  });

  it('opens nothing for HEAD', async () => {
    const { request, services } = setUp();
    const reply = await request(viewer, 'HEAD', '/events/stream');
    expect([reply.status, reply.headers.get('content-type')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ]);
    expect(services.asked).toEqual([]);
  });
});
