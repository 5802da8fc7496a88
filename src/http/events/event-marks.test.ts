import { describe, expect, it } from 'vitest';
import { anomalyEvent } from '../../../test/support/anomaly-event.js';
import { apiFor, neighbour, operator, viewer } from '../../../test/support/api-callers.js';
import { FakeServices } from '../../../test/support/http-fakes.js';

function setUp() {
  const services = new FakeServices();
  const event = anomalyEvent({ camera: 'gate' });
  services.stored = [event];
  return { services, event, ...apiFor(services) };
}

describe('feedback on an event', () => {
  it('is taken, and answered with the event', async () => {
    const { send, services, event } = setUp();
    const given = { verdict: 'false_alarm', note: 'the cat' };
    const reply = await send(operator, 'PUT', `/events/${event.id}/feedback`, given);
    expect(reply).toMatchObject({ status: 200, json: event });
    expect(services.asked).toEqual([['feedback', event.id, given]]);
  });

  it('is withdrawn', async () => {
    const { send, services, event } = setUp();
    const reply = await send(operator, 'DELETE', `/events/${event.id}/feedback`);
    expect(reply).toMatchObject({ status: 200, json: event });
    expect(services.asked).toEqual([['withdraw', event.id]]);
  });

  it('can be given as Frigate has it', async () => {
    const { send, services, event } = setUp();
    expect((await send(operator, 'PUT', `/events/${event.id}/false_positive`)).status).toBe(200);
    expect(services.asked).toEqual([['feedback', event.id, { verdict: 'false_alarm' }]]);
  });

  it.each([
    [{ verdict: 'maybe' }, 'verdict'],
    [{ verdict: 'right', note: 'x'.repeat(501) }, 'note: is longer'],
    [{ verdict: 'right', mood: 'bad' }, 'mood: is unknown'],
    [[], 'body'],
  ])('%j is refused', async (body, detail) => {
    const { send, services, event } = setUp();
    const { status, json } = await send(operator, 'PUT', `/events/${event.id}/feedback`, body);
    expect([status, json['code']]).toEqual([400, 'request.invalid']);
    expect(json['detail']).toContain(detail);
    expect(services.asked).toEqual([]);
  });
});

describe('an event to keep', () => {
  it.each([
    ['POST', 'keep', true],
    ['DELETE', 'keep', false],
    ['POST', 'retain', true],
    ['DELETE', 'retain', false],
  ])('is marked by %s %s', async (method, path, kept) => {
    const { send, services, event } = setUp();
    expect(await send(operator, method, `/events/${event.id}/${path}`)).toMatchObject({
      status: 200,
      json: event,
    });
    expect(services.asked).toEqual([['keep', event.id, kept]]);
  });
});

describe.each([
  ['PUT', 'feedback', { verdict: 'right' }],
  ['DELETE', 'feedback', undefined],
  ['PUT', 'false_positive', undefined],
  ['POST', 'keep', undefined],
  ['DELETE', 'keep', undefined],
  ['POST', 'retain', undefined],
  ['DELETE', 'retain', undefined],
])('%s %s', (method, path, body) => {
  it('is not for viewers', async () => {
    const { send, services, event } = setUp();
    const reply = await send(viewer, method, `/events/${event.id}/${path}`, body);
    expect(reply).toMatchObject({ status: 403, json: { code: 'request.forbidden' } });
    expect(services.asked).toEqual([]);
  });

  it('does not tell an event of another camera from one that is not there', async () => {
    const { send, services, event } = setUp();
    const hidden = await send(neighbour, method, `/events/${event.id}/${path}`, body);
    services.stored = [];
    const absent = await send(operator, method, `/events/${event.id}/${path}`, body);
    expect(hidden).toMatchObject({ status: 404, json: { code: 'event.not_found' } });
    expect(hidden.json).toEqual(absent.json);
    expect(services.asked).toEqual([]);
  });
});
