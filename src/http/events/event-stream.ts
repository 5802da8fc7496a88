import { z } from '@hono/zod-openapi';
import { apiRoute, apiRoutes } from '../api-route.js';
import { filterParameters, filtersOf } from './event-filters.js';
import type { EventStreams } from './event-streams.js';

const stateNumber = z
  .string()
  .regex(/^\d{1,15}$/, 'must be the id of an event of this stream')
  .transform(Number)
  .optional();

const { camera, cameras, severity, label, labels } = filterParameters;

const description = [
  'Server-sent events. Each is called `event`; its `data` is `{type: new|update|end, before, after}`, where `before` is',
  'null for the first state of an event, and where it is not known any more. Its `id` is a number that grows with',
  'every change: a client that comes back with it, as browsers do by themselves, gets what it missed, of each event the',
  'latest state only. Every 15 s of silence there is a comment.',
].join(' ');

const stream = apiRoute('viewer', {
  method: 'get',
  path: '/stream',
  summary: 'What becomes of events, as it happens',
  description,
  request: {
    query: z.strictObject({
      camera,
      cameras,
      severity,
      label,
      labels,
      last_event_id: stateNumber.describe('for clients that cannot set the header; which comes first'),
    }),
    headers: z.object({ 'last-event-id': stateNumber }),
  },
  responses: {
    200: {
      description: 'A stream that ends only with the connection, or with the access of the token',
      content: { 'text/event-stream': { schema: z.string() } },
    },
  },
});

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // nginx would else hold events back until its buffer is full.
  'x-accel-buffering': 'no',
};

/** `/api/events/stream`: to be mounted before the routes of single events. */
export function eventStreamRoutes(streams: Pick<EventStreams, 'open'>) {
  return apiRoutes().openapi(stream, async (context) => {
    if (context.req.method === 'HEAD') return new Response(null, { headers });
    const { last_event_id: asked, ...parameters } = context.req.valid('query');
    const lastEventId = context.req.valid('header')['last-event-id'] ?? asked ?? null;
    const body = await streams.open(filtersOf(parameters, context.get('caller')), lastEventId);
    return new Response(body, { headers });
  });
}
