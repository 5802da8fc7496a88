import { describe, expect, it } from 'vitest';
import { FakeServices } from '../../../test/support/http-fakes.js';
import { testApp } from '../../../test/support/http-app.js';
import { SimulatedClock } from '../../../test/support/simulated-clock.js';
import { AppError } from '../../errors.js';
import { RequestReporter, type AnsweredRequest, type RequestNews } from './request-news.js';

function setUp() {
  const services = new FakeServices();
  const clock = new SimulatedClock();
  const news: RequestNews[] = [];
  const { app } = testApp(services, { clock, onRequest: (told) => news.push(told) });
  const ask = async (method: string, path: string, body?: object) =>
    app.request(`http://localhost:8971${path}`, {
      method,
      headers: { 'x-request-id': 'r1', 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
  return { services, clock, news, ask };
}

describe('the log', () => {
  it('hears of a failure with its error, whatever was asked', async () => {
    const { services, news, ask } = setUp();
    services.events.event = () => Promise.reject(new AppError('store.write_failed', 'the disk is full'));
    await ask('GET', '/api/events/e1');
    services.events.event = () => Promise.reject(new TypeError('undefined is no function'));
    await ask('GET', '/api/events/e1');
    const asked = { kind: 'failed', request_id: 'r1', method: 'GET', route: '/api/events/{id}', ms: 0 };
    expect(news).toEqual([
      { ...asked, status: 503, code: 'store.write_failed', message: 'the disk is full', data: {} },
      expect.objectContaining({ ...asked, status: 500, code: 'bug', message: 'undefined is no function' }),
    ]);
    expect(news[1]?.cause).toContain('request-news.test');
  });

  it('hears of a change that was refused, by its code and without what was sent', async () => {
    const { news, ask } = setUp();
    await ask('POST', '/api/cameras', { id: 'gate', url: 'rtsp://me:secret@10.0.0.5/' });
    await ask('PATCH', '/api/config', { http: { port: 1 } });
    await ask('BREW', '/api/config');
    const refused = { kind: 'refused', request_id: 'r1', ms: 0 };
    expect(news).toEqual([
      { ...refused, method: 'POST', route: '/api/cameras', status: 409, code: 'camera.exists' },
      { ...refused, method: 'PATCH', route: '/api/config', status: 409, code: 'config.read_only' },
      { ...refused, method: 'other', route: 'none', status: 405 },
    ]);
  });

  it('hears nothing of what was asked wrongly but changes nothing, nor of what went well', async () => {
    const { news, ask } = setUp();
    await ask('GET', '/api/nothing');
    await ask('GET', '/api/events?limit=0');
    await ask('GET', '/api/cameras');
    await ask('POST', '/api/cameras/gate/pause');
    expect(news).toEqual([]);
  });

  it('hears of what took longer than a second', async () => {
    const { services, clock, news, ask } = setUp();
    let tookMs = 1_000;
    services.events.query = async () => {
      await clock.advance(tookMs);
      return { events: [], nextCursor: null };
    };
    await ask('GET', '/api/events');
    expect(news).toEqual([]);
    tookMs = 1_001;
    await ask('GET', '/api/events');
    expect(news).toEqual([
      { kind: 'slow', request_id: 'r1', method: 'GET', route: '/api/events', status: 200, ms: 1_001 },
    ]);
  });
});

describe('a flood of refusals', () => {
  const refused: AnsweredRequest = { request_id: 'r1', method: 'POST', route: 'none', status: 401, ms: 0 };

  it('is cut to 60 at once and one a second, says how many were left out, and hides no failure', async () => {
    const clock = new SimulatedClock();
    const news: RequestNews[] = [];
    const reporter = new RequestReporter((told) => news.push(told), clock);
    for (let i = 0; i < 100; i++) reporter.answered(refused);
    expect(news).toHaveLength(60);
    reporter.answered({ ...refused, status: 500 });
    expect(news.at(-1)).toMatchObject({ kind: 'failed', status: 500 });
    await clock.advance(1_000);
    reporter.answered(refused);
    reporter.answered(refused);
    expect(news).toHaveLength(62);
    expect(news.at(-1)).toMatchObject({ kind: 'refused', left_out: 40 });
    await clock.advance(1_000);
    reporter.answered(refused);
    expect(news.at(-1)).toMatchObject({ left_out: 1 });
  });
});
