import { describe, expect, it } from 'vitest';
import { anomalyEvent } from '../../test/support/anomaly-event.js';
import { calibrationState } from '../../test/support/calibration.js';
import { FakeServices } from '../../test/support/http-fakes.js';
import { SimulatedClock } from '../../test/support/simulated-clock.js';
import { createApp } from './app.js';
import { Guard } from './guard.js';
import { Tickets } from './tickets.js';

function setUp() {
  const services = new FakeServices();
  const guard = new Guard({
    host: '127.0.0.1',
    port: 8971,
    tokens: [],
    publicPaths: [],
    redeemTicket: () => false,
  });
  const tickets = new Tickets(new SimulatedClock());
  const app = createApp({ services, guard, tickets, reportBug: () => undefined });
  const send = async (method: string, path: string, body?: unknown) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const init = { method, ...(body !== undefined && { body: text }) };
    const reply = await app.request(`http://localhost:8971/api${path}`, init);
    return { status: reply.status, json: (await reply.json()) as Record<string, unknown> };
  };
  return { services, send };
}

describe('the calibration of a camera', () => {
  it('is shown', async () => {
    const { send } = setUp();
    expect(await send('GET', '/cameras/gate/calibration')).toEqual({
      status: 200,
      json: calibrationState('gate'),
    });
  });

  it.each([
    [undefined, 10],
    [{}, 10],
    [{ minutes: 0.5 }, 0.5],
  ])('begins anew for %j minutes, and says what that means', async (body, minutes) => {
    const { send, services } = setUp();
    const { status, json } = await send('POST', '/cameras/gate/calibrate', body);
    expect(status).toBe(202);
    expect(json['note']).toBe(
      `Whatever the camera shows in the next ${minutes} minutes is learned as ordinary.`,
    );
    expect(json).toMatchObject(calibrationState('gate'));
    expect(services.asked).toEqual([['calibrate', 'gate', minutes]]);
  });

  it('goes back to a version', async () => {
    const { send, services } = setUp();
    expect((await send('POST', '/cameras/gate/calibration/revert', { version: 3 })).status).toBe(200);
    expect(services.asked).toEqual([['revert', 'gate', 3]]);
  });

  it.each([
    ['GET', '/cameras/none/calibration', undefined, 404, 'camera.not_found', 'none'],
    ['POST', '/cameras/none/calibrate', {}, 404, 'camera.not_found', 'none'],
    ['POST', '/cameras/1/calibrate', {}, 409, 'calibration.under_way', 'already'],
    ['POST', '/cameras/gate/calibrate', { minutes: 61 }, 400, 'request.invalid', 'minutes'],
    ['POST', '/cameras/gate/calibrate', { hours: 1 }, 400, 'request.invalid', 'hours: is unknown'],
    ['POST', '/cameras/gate/calibrate', '{', 400, 'request.invalid', 'body: is not JSON'],
    ['POST', '/cameras/gate/calibrate', [], 400, 'request.invalid', 'body'],
    ['POST', '/cameras/gate/calibration/revert', {}, 400, 'request.invalid', 'version'],
  ])('%s %s %j answers %d %s', async (method, path, body, status, code, detail) => {
    const { send } = setUp();
    const reply = await send(method, path, body);
    expect(reply).toMatchObject({ status, json: { status, code } });
    expect(reply.json['detail']).toContain(detail);
  });
});

describe('feedback on an event', () => {
  it('is taken, and answered with the event', async () => {
    const { send, services } = setUp();
    const event = anomalyEvent();
    services.stored = [event];
    const given = { verdict: 'false_alarm', note: 'the cat' };
    expect(await send('PUT', `/events/${event.id}/feedback`, given)).toEqual({ status: 200, json: event });
    expect(services.asked).toEqual([['feedback', event.id, given]]);
  });

  it.each([
    [{ verdict: 'right' }, 404, 'event.not_found', 'no event none'],
    [{ verdict: 'maybe' }, 400, 'request.invalid', 'verdict'],
    [{ verdict: 'right', note: 'x'.repeat(501) }, 400, 'request.invalid', 'note: is longer'],
    [{ verdict: 'right', mood: 'bad' }, 400, 'request.invalid', 'mood: is unknown'],
  ])('%j on an event that is not there answers %d %s', async (body, status, code, detail) => {
    const { send } = setUp();
    const reply = await send('PUT', '/events/none/feedback', body);
    expect(reply).toMatchObject({ status, json: { code } });
    expect(reply.json['detail']).toContain(detail);
  });
});
