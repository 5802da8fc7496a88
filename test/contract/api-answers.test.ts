import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dashboardPaths } from '../../src/http/dashboard-files.js';
import type { AnomalyEvent } from '../../src/event.js';
import { AnswerChecker } from '../support/api-answer.js';
import { apiDocument, mountedRoutes } from '../support/api-document.js';
import { adminToken, startApiProduct, type ApiProduct } from '../support/api-product.js';
import { eventually } from '../support/product.js';

/** How to ask for one declared success of an operation. `{event}` and the like in the path stand for what is there. */
interface Case {
  path?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

const document = await apiDocument();
const checker = new AnswerChecker(document);

/** By operation and status; in the order in which they are asked: the later ones need the earlier ones. */
const cases: Record<string, Case | { unreachable: string }> = {
  'get /livez 200': {},
  'get /readyz 200': {},
  'get /readyz 503': { unreachable: 'the product is ready; degraded.test.ts sees it' },
  'get /api/version 200': {},
  'get /api/stats 200': {},
  'get /metrics 200': {},
  'get /api/me 200': {},
  'post /api/live-tickets 201': {},
  'get /api/cameras 200': {},
  'get /api/cameras/{id} 200': { path: '/api/cameras/gate' },
  'get /api/cameras/{id}/latest.jpg 200': { path: '/api/cameras/gate/latest.jpg?width=320' },
  'get /api/{camera}/latest.jpg 200': { path: '/api/gate/latest.jpg?h=1' },
  'get /api/cameras/{id}/mute 200': { path: '/api/cameras/gate/mute' },
  'put /api/cameras/{id}/mute 200': { path: '/api/cameras/gate/mute', body: { minutes: 1 } },
  'get /api/cameras/{id}/calibration 200': { path: '/api/cameras/gate/calibration' },
  'post /api/events 201': { body: { camera: 'gate', label: 'reported', data: { who: 'me', box: [0, 1] } } },
  'get /api/events 200': { path: '/api/events?limit=3&camera=gate,yard&min_score=0' },
  'get /api/events/stream 200': {},
  'get /api/events/summary 200': { path: '/api/events/summary?by=hour,camera&tz=Europe/Berlin' },
  'get /api/events/export.csv 200': {},
  'get /api/events/export.parquet 200': {},
  'get /api/events/{id} 200': { path: '/api/events/{event}' },
  'get /api/events/{id}/snapshot.jpg 200': { path: '/api/events/{event}/snapshot.jpg' },
  'get /api/events/{id}/trace 200': { path: '/api/events/{event}/trace' },
  'get /api/events/{id}/clip.mp4 200': { path: '/api/events/{reported}/clip.mp4' },
  'get /api/events/{id}/clip.mp4 206': {
    path: '/api/events/{reported}/clip.mp4',
    headers: { range: 'bytes=0-99' },
  },
  'get /api/events/{id}/clip.mp4 304': {
    path: '/api/events/{reported}/clip.mp4',
    headers: { 'if-none-match': '{etag}' },
  },
  'put /api/events/{id}/feedback 200': {
    path: '/api/events/{event}/feedback',
    body: { verdict: 'false_alarm', note: 'a cat' },
  },
  'delete /api/events/{id}/feedback 200': { path: '/api/events/{event}/feedback' },
  'put /api/events/{id}/false_positive 200': { path: '/api/events/{event}/false_positive' },
  'post /api/events/{id}/keep 200': { path: '/api/events/{event}/keep' },
  'delete /api/events/{id}/keep 200': { path: '/api/events/{event}/keep' },
  'post /api/events/{id}/retain 200': { path: '/api/events/{event}/retain' },
  'delete /api/events/{id}/retain 200': { path: '/api/events/{event}/retain' },
  'get /api/traces 200': {},
  'get /api/traces/{id} 200': { path: '/api/traces/{event}' },
  'get /api/alerts 200': {},
  'get /api/alerts/{id} 200': { path: '/api/alerts/{alert}' },
  'get /api/alerts/channels 200': {},
  'post /api/alerts/channels/{name}/test 200': { path: '/api/alerts/channels/hook/test' },
  'put /api/alerts/channels/{name}/snooze 200': {
    path: '/api/alerts/channels/hook/snooze',
    body: { minutes: 0 },
  },
  'post /api/alerts/channels/{name}/enable 200': { path: '/api/alerts/channels/hook/enable' },
  'get /api/config 200': {},
  'patch /api/config 200': { body: { alerts: { dedup_s: 30 } } },
  'get /api/config/schema.json 200': {},
  'get /api/audit 200': {},
  'post /api/cameras/{id}/calibration/revert 200': {
    path: '/api/cameras/gate/calibration/revert',
    body: { version: 1 },
  },
  'post /api/cameras/{id}/calibrate 202': { path: '/api/cameras/yard/calibrate', body: { minutes: 1 } },
  'post /api/cameras/test 200': { body: { url: '{spare}' } },
  'post /api/cameras 201': {
    body: {
      id: 'lane',
      url: '{spare}',
      zones: {
        road: {
          points: [
            [0, 0],
            [1, 0],
            [1, 1],
          ],
        },
      },
    },
  },
  'patch /api/cameras/{id} 200': { path: '/api/cameras/lane', body: { name: 'Lane', live: { fps: 2 } } },
  'post /api/cameras/{id}/pause 200': { path: '/api/cameras/lane/pause' },
  'post /api/cameras/{id}/resume 200': { path: '/api/cameras/lane/resume' },
  'delete /api/cameras/{id} 204': { path: '/api/cameras/lane' },
};

/** The id of a new event, once its camera has recorded the clip of it. */
async function reportWithClip({ ask }: ApiProduct): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const { body } = await ask('POST', '/api/events', {
    headers,
    body: '{"camera":"gate","label":"reported"}',
  });
  const { id } = JSON.parse(new TextDecoder().decode(body)) as AnomalyEvent;
  const hasClip = async (): Promise<true | undefined> =>
    (await ask('GET', `/api/events/${id}/clip.mp4`)).status === 200 ? true : undefined;
  await eventually(hasClip, 'the clip of a reported event', 60_000);
  return id;
}

const declared = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.entries(operations).flatMap(([method, { responses }]) =>
    Object.keys(responses)
      .filter((status) => status !== 'default')
      .map((status) => `${method} ${path} ${status}`),
  ),
);

describe('the OpenAPI document', () => {
  it('declares nothing that is not asked for here, and nothing is asked for that it does not declare', () => {
    expect(Object.keys(cases).sort()).toEqual([...declared].sort());
  });

  it('has every route, apart from files and itself', () => {
    const operations = declared.map((name) => name.replace(/ \d+$/, ''));
    const routes = mountedRoutes().map((route) => route.replaceAll(/:(\w+)/g, '{$1}'));
    const files = new Set(dashboardPaths.map((path) => `GET ${path}`));
    const isFile = (route: string): boolean =>
      files.has(route) || /^GET \/(?:docs(?:\/.*)?|openapi\.json)$/.test(route);
    const api = routes
      .filter((route) => !isFile(route))
      .map((route) => route.replace(/^\w+/, (m) => m.toLowerCase()));
    expect(api.sort()).toEqual([...new Set(operations)].sort());
  });

  it('says of every operation how errors look, and who may ask', () => {
    for (const operations of Object.values(document.paths)) {
      for (const operation of Object.values(operations)) {
        expect(Object.keys(operation.responses['default']?.content ?? {})).toEqual([
          'application/problem+json',
        ]);
        expect(operation.security).toBeDefined();
      }
    }
  });
});

describe('the product answers as the OpenAPI document says', () => {
  let api: ApiProduct;
  const found: Record<string, string> = {};

  beforeAll(async () => {
    api = await startApiProduct();
    found['spare'] = api.spareClip;
    const one = await eventually(
      async () => {
        const { body } = await api.ask('GET', '/api/events?limit=500');
        const { events } = JSON.parse(new TextDecoder().decode(body)) as { events: AnomalyEvent[] };
        return events.find(({ has_snapshot }) => has_snapshot);
      },
      'an event with a picture',
      90_000,
    );
    found['event'] = one.id;
    found['reported'] = await reportWithClip(api);
    const clip = await api.ask('GET', `/api/events/${found['reported']}/clip.mp4`);
    found['etag'] = clip.headers.get('etag') ?? '';
    expect(found['etag']).toMatch(/^"/);
    found['alert'] = await eventually(
      async () => {
        const { body } = await api.ask('GET', '/api/alerts');
        return (JSON.parse(new TextDecoder().decode(body)) as { alerts: { id: string }[] }).alerts[0]?.id;
      },
      'an alert',
      90_000,
    );
  }, 200_000);

  afterAll(async () => {
    await api.stop();
  });

  const filled = (text: string): string =>
    text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => found[name] ?? whole);

  it.each(Object.entries(cases).filter(([, one]) => !('unreachable' in one)))('%s', async (name, one) => {
    const [method = '', path = '', status] = name.split(' ');
    const { path: target = path, body, headers = {} } = one as Case;
    const init: RequestInit = {
      headers: {
        ...Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, filled(value)])),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: filled(JSON.stringify(body)) }),
    };
    const answer = await api.ask(method.toUpperCase(), filled(target), init);
    const text = new TextDecoder().decode(answer.body.subarray(0, 2_000));
    expect({ status: answer.status, text }).toEqual({ status: Number(status), text });
    const operation = document.paths[path]?.[method];
    if (operation === undefined) throw new Error(`${name} is not in the document`);
    expect(checker.fault(operation, answer), text).toBeNull();
  });

  it('and what it refuses is problem details', async () => {
    for (const [method, target, init] of [
      ['GET', '/api/nothing', {}],
      ['DELETE', '/api/cameras', {}],
      ['GET', '/api/events/x', {}],
      ['GET', '/api/events?limit=0', {}],
      ['POST', '/api/events', { body: '{', headers: { 'content-type': 'application/json' } }],
      ['POST', '/api/events', { body: '{}', headers: { 'content-type': 'text/plain' } }],
      ['GET', '/api/me', { headers: { authorization: `Bearer not-${adminToken}` } }],
    ] as const) {
      const answer = await api.ask(method, target, init);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(checker.problemFault(answer)).toBeNull();
    }
  });
});
