import { z } from '@hono/zod-openapi';
import { requireEveryCamera } from '../../access/access.js';
import { channelStateSchema, type AlertDesk } from '../../alerting/alert-desk.js';
import { alertRecordSchema, deliveryStatuses, recordKinds } from '../../alerting/alert-record.js';
import { AppError } from '../../errors.js';
import { severities } from '../../event.js';
import { apiRoute, apiRoutes, jsonReply, jsonRequest } from '../api-route.js';
import { visibleAlert } from './visible-alert.js';

const ALERTS_MAX = 200;
const ALERTS_DEFAULT = 50;
/** A week. */
const SNOOZE_MAX_MINUTES = 10_080;

const name = z.string().min(1).max(64);
const moment = z
  .string()
  .regex(/^\d{1,12}(\.\d{1,9})?$/, 'must be Unix seconds')
  .transform(Number);

const list = apiRoute('viewer', {
  method: 'get',
  path: '/',
  summary: 'What people were told, and what they were not told and why; newest first',
  request: {
    query: z.strictObject({
      camera: name.optional(),
      severity: z.enum(severities).optional(),
      kind: z.enum(recordKinds).optional(),
      channel: name.optional().describe('with `status`: what this channel did'),
      status: z.enum(deliveryStatuses).optional(),
      after: moment.optional().describe('Unix seconds, inclusive'),
      before: moment.optional().describe('Unix seconds, exclusive'),
      limit: z
        .string()
        .regex(/^\d{1,6}$/, 'must be a number')
        .transform(Number)
        .pipe(z.int().min(1).max(ALERTS_MAX))
        .default(ALERTS_DEFAULT),
      cursor: name.optional().describe('`next_cursor` of the page before'),
    }),
  },
  responses: {
    200: jsonReply(
      'One page; of each alert only what is about cameras that the caller may see',
      z.strictObject({ alerts: z.array(alertRecordSchema), next_cursor: z.string().nullable() }),
    ),
  },
});

const channels = apiRoute('viewer', {
  method: 'get',
  path: '/channels',
  summary: 'The channels, and how they are doing',
  responses: {
    200: jsonReply('All of them', z.strictObject({ channels: z.array(channelStateSchema) })),
  },
});

const one = apiRoute('viewer', {
  method: 'get',
  path: '/{id}',
  summary: 'One alert',
  request: { params: z.object({ id: z.string() }) },
  responses: { 200: jsonReply('What is about cameras that the caller may see', alertRecordSchema) },
});

const channelParams = z.object({ name: z.string() });

const test = apiRoute('operator', {
  method: 'post',
  path: '/channels/{name}/test',
  summary: 'Sends a test message now, past rules, quiet hours and queue',
  request: { params: channelParams },
  responses: {
    200: jsonReply(
      'The receiver took it',
      z.strictObject({ sent: z.literal(true), took_ms: z.number().min(0) }),
    ),
  },
});

const snooze = apiRoute('operator', {
  method: 'put',
  path: '/channels/{name}/snooze',
  summary: 'Tells a channel nothing for a while',
  request: {
    params: channelParams,
    body: jsonRequest(
      z.strictObject({
        minutes: z.number().min(0).max(SNOOZE_MAX_MINUTES).describe('from now; 0 ends it'),
      }),
    ),
  },
  responses: { 200: jsonReply('The channel', channelStateSchema) },
});

const enable = apiRoute('admin', {
  method: 'post',
  path: '/channels/{name}/enable',
  summary: 'Sends again over a channel whose receiver was gone',
  request: { params: channelParams },
  responses: { 200: jsonReply('The channel', channelStateSchema) },
});

/** `/api/alerts`: what people were told, and the channels that tell them. */
export function alertRoutes(alerts: AlertDesk) {
  return apiRoutes()
    .openapi(list, async (context) => {
      const caller = context.get('caller');
      const query = context.req.valid('query');
      if (query.camera !== undefined && caller.cameras?.includes(query.camera) === false)
        return context.json({ alerts: [], next_cursor: null }, 200);
      const page = await alerts.list({ ...query, scope: caller.cameras });
      const visible = page.alerts
        .flatMap((alert) => visibleAlert(alert, caller) ?? [])
        .filter(({ severity }) => (query.severity ?? severity) === severity);
      return context.json({ alerts: visible, next_cursor: page.nextCursor }, 200);
    })
    .openapi(channels, (context) => {
      requireEveryCamera(context.get('caller'), 'a channel');
      return context.json({ channels: alerts.channels() }, 200);
    })
    .openapi(one, async (context) => {
      const { id } = context.req.valid('param');
      const alert = await alerts.get(id);
      const visible = alert && visibleAlert(alert, context.get('caller'));
      if (visible === null) throw new AppError('alert.not_found', `there is no alert ${id}`, { alert: id });
      return context.json(visible, 200);
    })
    .openapi(test, async (context) => {
      requireEveryCamera(context.get('caller'), 'a channel');
      const took_ms = await alerts.test(context.req.valid('param').name);
      return context.json({ sent: true as const, took_ms }, 200);
    })
    .openapi(snooze, async (context) => {
      requireEveryCamera(context.get('caller'), 'a channel');
      const { minutes } = context.req.valid('json');
      return context.json(await alerts.snooze(context.req.valid('param').name, minutes), 200);
    })
    .openapi(enable, async (context) => {
      requireEveryCamera(context.get('caller'), 'a channel');
      return context.json(await alerts.enable(context.req.valid('param').name), 200);
    });
}
