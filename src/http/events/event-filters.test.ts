import { describe, expect, it } from 'vitest';
import { anomalyEvent } from '../../../test/support/anomaly-event.js';
import { FakeServices } from '../../../test/support/http-fakes.js';
import type { Caller } from '../../access/access.js';
import { apiRoutes } from '../api-route.js';
import { problem } from '../error-status.js';
import { eventRoutes } from './events.js';
import { eventSummaryRoutes } from './event-summary.js';
import { AppError } from '../../errors.js';

const everything: Caller = { name: 'local', role: 'admin', cameras: null };
const gateOnly: Caller = { name: 'porter', role: 'viewer', cameras: ['gate'] };

function setup(caller = everything) {
  const services = new FakeServices();
  const app = apiRoutes();
  app.use(async (context, next) => {
    context.set('caller', caller);
    await next();
  });
  app.route('/', eventSummaryRoutes(services.events));
  app.route('/', eventRoutes(services.events));
  app.onError((error) => problem(AppError.from(error)));
  const get = async (path: string) => app.request(`http://localhost${path}`);
  const queryOf = async (parameters: string) => {
    expect((await get(`/?${parameters}`)).status).toBe(200);
    return services.queries.at(-1);
  };
  return { services, get, queryOf };
}

describe('filters', () => {
  it('are all those of the contract, and more', async () => {
    const parameters =
      'camera=gate,1&severity=high,critical&label=anomaly&verdict=unverified,verification-failed' +
      '&after=1700000000.5&before=1700000100&min_score=0.6&limit=500&cursor=abc' +
      '&state=new&zone=door&kept=true&has_clip=0&feedback=none,right&q=a%20%22red%20car%22';
    expect(await setup().queryOf(parameters)).toEqual({
      camera: ['gate', '1'],
      severity: ['high', 'critical'],
      label: ['anomaly'],
      verdict: ['unverified', 'verification-failed'],
      after: 1_700_000_000.5,
      before: 1_700_000_100,
      minScore: 0.6,
      limit: 500,
      cursor: 'abc',
      state: ['new'],
      zone: ['door'],
      kept: true,
      hasClip: false,
      feedback: ['none', 'right'],
      q: 'a "red car"',
    });
  });

  it('take lists by their plural names and as repeated parameters too', async () => {
    const parameters = 'cameras=gate&camera=1&camera=gate&labels=fall, running&zones=door';
    expect(await setup().queryOf(parameters)).toMatchObject({
      camera: ['1', 'gate'],
      label: ['fall', 'running'],
      zone: ['door'],
    });
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=501', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['limit=', 'limit'],
    ['after=yesterday', 'after'],
    ['after=Infinity', 'after'],
    ['min_score=2', 'min_score'],
    ['severity=huge', 'severity'],
    ['verdict=', 'verdict'],
    ['camera=,', 'camera'],
    ['cursor=', 'cursor'],
    ['kept=perhaps', 'kept'],
    ['q=', 'q'],
    ['q=a&q=b', 'q'],
    ['__proto__=1', '__proto__'],
    ['minScore=1', 'minScore'],
  ])('are refused in %s, which names %s', async (parameters, parameter) => {
    const { get, services } = setup();
    const reply = await get(`/?${parameters}`);
    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({
      code: 'request.invalid',
      detail: expect.stringContaining(`query parameter "${parameter}"`) as string,
    });
    expect(services.queries).toEqual([]);
  });

  it.each([
    ['/?q=', 'is empty'],
    [`/?q=${'a'.repeat(201)}`, 'has more than 200 characters'],
    ['/?q=a&q=b', 'is given more than once'],
    ['/?cursor=', 'is empty'],
    ['/summary', 'is missing: name one or more of hour, day, camera, label, severity, verdict'],
  ])('are refused in %s with what is wrong: %s', async (route, why) => {
    const reply = await setup().get(route);
    const { detail } = (await reply.json()) as { detail: string };
    expect(detail.slice(detail.indexOf(': ') + 2)).toBe(why);
  });
});

describe('a caller who may see one camera', () => {
  it('gets the events of no other, whatever it asks for', async () => {
    const { queryOf, services, get } = setup(gateOnly);
    expect(await queryOf('')).toMatchObject({ camera: ['gate'] });
    expect(await queryOf('camera=gate,1')).toMatchObject({ camera: ['gate'] });
    expect(await queryOf('camera=1')).toMatchObject({ camera: [] });
    await get('/summary?by=label');
    expect(services.asked).toEqual([['summary', expect.objectContaining({ camera: ['gate'] })]]);
  });

  it('does not learn that an event of another is there', async () => {
    const { get, services } = setup(gateOnly);
    const hidden = anomalyEvent({ camera: '1' });
    services.stored = [hidden];
    services.eventPictures = { plain: new Uint8Array(2) };
    for (const path of [`/${hidden.id}`, `/${hidden.id}/snapshot.jpg`]) {
      const reply = await get(path);
      expect(reply.status).toBe(404);
      expect(await reply.json()).toMatchObject({ code: 'event.not_found' });
    }
  });
});

describe('a summary', () => {
  it('counts by what is asked for, in the time zone that is asked for', async () => {
    const { get, services } = setup();
    const reply = await get('/summary?by=hour,camera&by=hour&tz=Asia/Kolkata&severity=high');
    expect(await reply.json()).toEqual({
      groups: [{ camera: 'gate', count: 2, top_score: 0.9 }],
      time_zone: 'Asia/Kolkata',
      truncated: false,
    });
    const asked = { by: ['hour', 'camera'], timeZone: 'Asia/Kolkata', severity: ['high'] };
    expect(services.asked).toEqual([['summary', asked]]);
  });

  it.each([
    ['', 'by'],
    ['by=minute', 'by'],
    ['by=', 'by'],
    ['by=day&tz=Mars', 'tz'],
    ['by=day&limit=5', 'limit'],
  ])('is refused for "%s", which names %s', async (parameters, parameter) => {
    const reply = await setup().get(`/summary?${parameters}`);
    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({
      detail: expect.stringContaining(`query parameter "${parameter}"`) as string,
    });
  });
});
