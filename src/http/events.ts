import { Hono } from 'hono';
import type { SnapshotKind } from '../actors/snapshots.js';
import { AppError } from '../errors.js';
import { parseEventFilters } from './event-filters.js';
import { jpegReply } from './jpeg-reply.js';
import type { EventReader } from './services.js';

/** A later and higher peak replaces the picture, so only a client that names the moment with `t` may keep it. */
const cacheControl = { anyMoment: 'no-store', oneMoment: 'private, max-age=86400, immutable' };

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
    const kind = snapshotKind(context.req.query('overlay'));
    const jpeg = await events.snapshot(id, kind);
    if (jpeg === null) throw noSnapshot(id, kind);
    const isOneMoment = context.req.query('t') !== undefined;
    return jpegReply(jpeg, isOneMoment ? cacheControl.oneMoment : cacheControl.anyMoment);
  });

  return routes;
}

function snapshotKind(overlay: string | undefined): SnapshotKind {
  if (overlay === undefined || overlay === '0') return 'plain';
  if (overlay === '1') return 'overlay';
  throw new AppError('request.invalid', 'query parameter "overlay" must be 0 or 1', { parameter: 'overlay' });
}

function noSnapshot(event: string, kind: SnapshotKind): AppError {
  const what = kind === 'overlay' ? 'no picture with an overlay; ask for it without' : 'no picture';
  return new AppError('snapshot.not_found', `event ${event} has ${what}`, { event, kind });
}
