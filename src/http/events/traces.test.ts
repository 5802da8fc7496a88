import { describe, expect, it } from 'vitest';
import { testApp } from '../../../test/support/http-app.js';
import { FakeServices } from '../../../test/support/http-fakes.js';
import { eventTrace } from '../../../test/support/trace.js';

function setup() {
  const services = new FakeServices();
  const { app } = testApp(services);
  const get = async (path: string) => {
    const reply = await app.request(`http://localhost:8971${path}`);
    return { status: reply.status, body: (await reply.json()) as { detail?: string } };
  };
  return { services, get };
}

describe('traces', () => {
  it('are found under the id of their event, and under their own', async () => {
    const { services, get } = setup();
    const trace = eventTrace();
    services.tracesKept = [trace];
    for (const path of [`/api/events/${trace.id}/trace`, `/api/traces/${trace.id}`])
      expect(await get(path)).toEqual({ status: 200, body: trace });
  });

  it('of what became nothing are no events', async () => {
    const { services, get } = setup();
    const trace = eventTrace({ outcome: 'nothing', why: 'too_short' });
    services.tracesKept = [trace];
    expect((await get(`/api/traces/${trace.id}`)).status).toBe(200);
    const reply = await get(`/api/events/${trace.id}/trace`);
    expect(reply).toMatchObject({ status: 404, body: { code: 'trace.not_found' } });
  });

  it('are listed without their scores', async () => {
    const { services, get } = setup();
    const { scores: _scores, ...summary } = eventTrace();
    services.tracesKept = [{ ...summary, scores: _scores }];
    expect(await get('/api/traces?camera=gate&outcome=nothing&limit=7')).toEqual({
      status: 200,
      body: { traces: [summary] },
    });
    await get('/api/traces');
    expect(services.asked).toEqual([
      ['traces', { camera: 'gate', outcome: 'nothing', limit: 7 }],
      ['traces', { limit: 50 }],
    ]);
  });

  it.each([
    ['/api/traces/none', 404, 'trace.not_found', 'none'],
    ['/api/events/none/trace', 404, 'trace.not_found', 'none'],
    ['/api/traces?limit=0', 400, 'request.invalid', 'limit'],
    ['/api/traces?limit=201', 400, 'request.invalid', 'limit'],
    ['/api/traces?limit=many', 400, 'request.invalid', 'limit'],
    ['/api/traces?outcome=something', 400, 'request.invalid', 'outcome'],
    ['/api/traces?label=fall', 400, 'request.invalid', 'label'],
  ])('%s answers %d %s', async (path, status, code, named) => {
    const reply = await setup().get(path);
    expect(reply).toMatchObject({ status, body: { code } });
    expect(reply.body.detail).toContain(named);
  });
});
