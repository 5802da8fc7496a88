import type { Caller } from '../../access/access.js';
import { anomalyEventSchema } from '../../event.js';
import { apiRoute, apiRoutes, jsonReply } from '../api-route.js';
import type { EventReader, MarksDesk } from '../services.js';
import { eventParams, visibleEvent } from './visible-event.js';

const kept = {
  request: { params: eventParams },
  responses: { 200: jsonReply('The event, once that is durable', anomalyEventSchema) },
};

const keep = apiRoute('operator', {
  method: 'post',
  path: '/{id}/keep',
  summary: 'Keep the event, its pictures and its clip, whatever the retention and the budgets say',
  ...kept,
});

const letGo = apiRoute('operator', {
  method: 'delete',
  path: '/{id}/keep',
  summary: 'Keep the event no longer than others',
  ...kept,
});

const retain = apiRoute('operator', {
  method: 'post',
  path: '/{id}/retain',
  summary: 'As `keep`; the name that Frigate has for it',
  ...kept,
});

const retainNot = apiRoute('operator', {
  method: 'delete',
  path: '/{id}/retain',
  summary: 'As `DELETE keep`; the name that Frigate has for it',
  ...kept,
});

/** `/api/events/{id}/keep`: which events are never removed. */
export function eventKeepRoutes(marks: Pick<MarksDesk, 'keep'>, events: Pick<EventReader, 'event'>) {
  const mark = async (given: string, caller: Caller, kept: boolean) => {
    const { id } = await visibleEvent(events, given, caller);
    return marks.keep(id, kept);
  };
  return apiRoutes()
    .openapi(keep, async (context) =>
      context.json(await mark(context.req.valid('param').id, context.get('caller'), true), 200),
    )
    .openapi(letGo, async (context) =>
      context.json(await mark(context.req.valid('param').id, context.get('caller'), false), 200),
    )
    .openapi(retain, async (context) =>
      context.json(await mark(context.req.valid('param').id, context.get('caller'), true), 200),
    )
    .openapi(retainNot, async (context) =>
      context.json(await mark(context.req.valid('param').id, context.get('caller'), false), 200),
    );
}
