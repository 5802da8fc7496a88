import { z } from '@hono/zod-openapi';
import { anomalyEventSchema, severities } from '../../event.js';
import { apiRoute, apiRoutes, jsonReply, jsonRequest } from '../api-route.js';
import { visibleCamera } from '../cameras/cameras.js';
import type { CameraDirectory, ManualEventDesk } from '../services.js';

/** What the service itself writes and reads in `data`. */
const ownFacts = [
  'source',
  'created_by',
  'peak_time',
  'last_seen',
  'closed_by',
  'clip_codec',
  'clip_seconds',
  'pattern',
  'feedback',
  'feedback_note',
];

const text = z.string().max(500);
const facts = z
  .record(
    z.string().min(1).max(64),
    z.union([text, z.number(), z.boolean(), z.array(z.number()).max(64), z.array(text).max(64)]),
  )
  .refine((data) => Object.keys(data).length <= 32, 'has more than 32 entries')
  .refine((data) => !ownFacts.some((name) => Object.hasOwn(data, name)), {
    error: `has a name that the service writes itself`,
  });

const manualEvent = z
  .strictObject({
    camera: z.string().min(1).max(64),
    label: z
      .string()
      .trim()
      .min(1)
      .max(64)
      // It becomes part of subjects and topics, where a line break would begin something else.
      .regex(/^[^\u0000-\u001f\u007f-\u009f]+$/, 'has a control character')
      .describe('what happened'),
    severity: z.enum(severities).default('medium'),
    start_time: z.number().min(0).optional().describe('Unix seconds; now, if left out'),
    end_time: z.number().min(0).optional().describe('Unix seconds; the start, if left out'),
    summary: text.optional(),
    data: facts.default({}).describe(`anything to be stored with it, but for ${ownFacts.join(', ')}`),
  })
  .meta({ id: 'ManualEvent' });

const create = apiRoute('operator', {
  method: 'post',
  path: '/',
  summary: 'Report an event',
  description:
    'It is told and alerted like any other, with the newest picture of its camera if it has just happened.',
  request: {
    headers: z.object({
      'idempotency-key': z
        .string()
        .regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 visible ASCII characters')
        .optional()
        .describe(
          'a request that is repeated with it gives the same event; the newest 1,000 are known, for a day',
        ),
    }),
    body: jsonRequest(manualEvent),
  },
  responses: {
    201: {
      ...jsonReply('The event, once it is durable', anomalyEventSchema),
      headers: z.object({ location: z.string().describe('where the event is') }),
    },
  },
});

/** `POST /api/events`: events that people, or other systems, report. */
export function manualEventRoutes(desk: ManualEventDesk, cameras: Pick<CameraDirectory, 'get'>) {
  return apiRoutes().openapi(create, async (context) => {
    const caller = context.get('caller');
    const given = context.req.valid('json');
    visibleCamera(cameras, given.camera, caller);
    const key = context.req.valid('header')['idempotency-key'] ?? null;
    const event = await desk.create(given, caller.name, key);
    return context.json(event, 201, { location: `/api/events/${event.id}` });
  });
}
