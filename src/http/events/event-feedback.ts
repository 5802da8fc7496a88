import { anomalyEventSchema, feedbackSchema } from '../../event.js';
import { apiRoute, apiRoutes, jsonReply, jsonRequest } from '../api-route.js';
import type { EventReader, MarksDesk } from '../services.js';
import { eventParams, visibleEvent } from './visible-event.js';

const responses = { 200: jsonReply('The event, once that is durable', anomalyEventSchema) };

const give = apiRoute('operator', {
  method: 'put',
  path: '/{id}/feedback',
  summary: 'Say whether the event was right; its camera learns from a false alarm',
  request: { params: eventParams, body: jsonRequest(feedbackSchema.meta({ id: 'Feedback' })) },
  responses,
});

const withdraw = apiRoute('operator', {
  method: 'delete',
  path: '/{id}/feedback',
  summary: 'Take back what was said of the event, and what its camera learned from it',
  request: { params: eventParams },
  responses,
});

const falsePositive = apiRoute('operator', {
  method: 'put',
  path: '/{id}/false_positive',
  summary: 'As the feedback `false_alarm`; the name that Frigate has for it',
  request: { params: eventParams },
  responses,
});

/** `/api/events/{id}/feedback`: what people say of an event; the event, and its camera's calibration, learn of it. */
export function eventFeedbackRoutes(
  marks: Pick<MarksDesk, 'give' | 'withdraw'>,
  events: Pick<EventReader, 'event'>,
) {
  return apiRoutes()
    .openapi(give, async (context) => {
      const { id } = await visibleEvent(events, context.req.valid('param').id, context.get('caller'));
      return context.json(await marks.give(id, context.req.valid('json')), 200);
    })
    .openapi(withdraw, async (context) => {
      const { id } = await visibleEvent(events, context.req.valid('param').id, context.get('caller'));
      return context.json(await marks.withdraw(id), 200);
    })
    .openapi(falsePositive, async (context) => {
      const { id } = await visibleEvent(events, context.req.valid('param').id, context.get('caller'));
      return context.json(await marks.give(id, { verdict: 'false_alarm' }), 200);
    });
}
