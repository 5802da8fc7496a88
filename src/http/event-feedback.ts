import { Hono } from 'hono';
import { feedbackSchema } from '../event.js';
import { jsonBody } from './json-body.js';
import type { FeedbackDesk } from './services.js';

/** `/api/events/{id}/feedback`: what people say of an event; the event, and its camera's calibration, learn of it. */
export function eventFeedbackRoutes(feedback: FeedbackDesk): Hono {
  const routes = new Hono();

  routes.put('/:id/feedback', async (context) => {
    const given = await jsonBody(context, feedbackSchema);
    return context.json(await feedback.give(context.req.param('id'), given));
  });

  return routes;
}
