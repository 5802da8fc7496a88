import { z } from '@hono/zod-openapi';
import type { SnapshotKind } from '../../actors/events/snapshots.js';
import { AppError } from '../../errors.js';
import { anomalyEventSchema } from '../../event.js';
import { apiRoute, apiRoutes, jpegContent, jsonReply } from '../api-route.js';
import { decimal, filterParameters, filtersOf } from './event-filters.js';
import { jpegReply } from '../jpeg-reply.js';
import type { EventReader } from '../services.js';
import { eventParams, visibleEvent } from './visible-event.js';

const EVENTS_MAX = 500;
const EVENTS_DEFAULT = 50;

/** A later and higher peak replaces the picture, so only a client that names the moment with `t` may keep it. */
const cacheControl = { anyMoment: 'no-store', oneMoment: 'private, max-age=86400, immutable' };

const list = apiRoute('viewer', {
  method: 'get',
  path: '/',
  summary: 'Events of the cameras that the caller may see, newest first',
  request: {
    query: z.strictObject({
      ...filterParameters,
      limit: decimal
        .pipe(z.int().min(1).max(EVENTS_MAX))
        .default(EVENTS_DEFAULT)
        .describe(`1 to ${EVENTS_MAX}; ${EVENTS_DEFAULT} when absent`),
      cursor: z
        .string('is given more than once')
        .min(1, 'is empty')
        .max(512, 'has more than 512 characters')
        .optional()
        .describe('next_cursor of the page before'),
    }),
  },
  responses: {
    200: jsonReply(
      'A page',
      z
        .strictObject({
          events: z.array(anomalyEventSchema),
          next_cursor: z.string().nullable().describe('null on the last page'),
        })
        .meta({ id: 'EventPage' }),
    ),
  },
});

const one = apiRoute('viewer', {
  method: 'get',
  path: '/{id}',
  summary: 'One event',
  request: { params: eventParams },
  responses: { 200: jsonReply('The event in its latest state', anomalyEventSchema) },
});

const picture = apiRoute('viewer', {
  method: 'get',
  path: '/{id}/snapshot.jpg',
  summary: 'The picture of its peak',
  request: {
    params: eventParams,
    // Other parameters are left alone: clients of this field add one to defeat caches.
    query: z.object({
      overlay: z.enum(['0', '1'], 'must be 0 or 1').default('0').describe('1: with what was seen marked'),
      t: z
        .union([z.string(), z.array(z.string())])
        .optional()
        .describe('the moment of the peak: the picture may be cached'),
    }),
  },
  responses: { 200: jpegContent('The picture') },
});

/** `/api/events`: what was seen, newest first. */
export function eventRoutes(events: Pick<EventReader, 'query' | 'event' | 'snapshot'>) {
  return apiRoutes()
    .openapi(list, async (context) => {
      const { limit, cursor, ...parameters } = context.req.valid('query');
      const filters = filtersOf(parameters, context.get('caller'));
      const page = await events.query({ ...filters, limit, cursor });
      return context.json({ events: page.events, next_cursor: page.nextCursor }, 200);
    })
    .openapi(one, async (context) =>
      context.json(await visibleEvent(events, context.req.valid('param').id, context.get('caller')), 200),
    )
    .openapi(picture, async (context) => {
      const { overlay, t } = context.req.valid('query');
      const { id } = await visibleEvent(events, context.req.valid('param').id, context.get('caller'));
      const kind = overlay === '1' ? 'overlay' : 'plain';
      const jpeg = await events.snapshot(id, kind);
      if (jpeg === null) throw noSnapshot(id, kind);
      return jpegReply(jpeg, t === undefined ? cacheControl.anyMoment : cacheControl.oneMoment);
    });
}

function noSnapshot(event: string, kind: SnapshotKind): AppError {
  const what = kind === 'overlay' ? 'no picture with an overlay; ask for it without' : 'no picture';
  return new AppError('snapshot.not_found', `event ${event} has ${what}`, { event, kind });
}
