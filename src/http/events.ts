import { Hono } from 'hono';
import { AppError } from '../errors.js';
import { parseEventFilters } from './event-filters.js';
import { jpegReply } from './jpeg-reply.js';
import type { EventReader } from './services.js';

/** The picture of an event never changes once it is there. */
const SNAPSHOT_CACHE = 'private, max-age=86400, immutable';

/** `/api/events`: what was seen, newest first. */
export function eventRoutes(events: EventReader): Hono {
  const routes = new Hono();

  routes.get('/', async (context) => {
    const page = await events.query(parseEventFilters(context.req.queries()));
    return context.json({ events: page.events, next_cursor: page.nextCursor });
  });

  routes.get('/:id', async (context) => {
    const id = context.req.param('id');
    const event = await events.event(id);
    if (event === null) throw new AppError('event.not_found', `there is no event ${id}`, { event: id });
    return context.json(event);
  });

  routes.get('/:id/snapshot.jpg', async (context) => {
    const id = context.req.param('id');
    const jpeg = await events.snapshot(id);
    if (jpeg === null) throw new AppError('snapshot.not_found', `event ${id} has no picture`, { event: id });
    return jpegReply(jpeg, SNAPSHOT_CACHE);
  });

  return routes;
}
