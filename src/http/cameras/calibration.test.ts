import { describe, expect, it } from 'vitest';
import { calibrationState } from '../../../test/support/calibration.js';
import { testApp } from '../../../test/support/http-app.js';
import { FakeServices } from '../../../test/support/http-fakes.js';

function setUp() {
  const services = new FakeServices();
  const { app } = testApp(services);
  const send = async (method: string, path: string, body?: unknown) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const headers = { 'content-type': 'application/json' };
    const init = { method, ...(body !== undefined && { body: text, headers }) };
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
