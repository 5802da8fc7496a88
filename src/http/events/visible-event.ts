import { z } from '@hono/zod-openapi';
import { maySee, type Caller } from '../../access/access.js';
import { AppError } from '../../errors.js';
import type { AnomalyEvent } from '../../event.js';
import type { EventReader } from '../services.js';

export const eventParams = z.object({ id: z.string() });

/** Throws `event.not_found` also for one of a camera that the caller may not see. */
export async function visibleEvent(
  events: Pick<EventReader, 'event'>,
  id: string,
  caller: Caller,
): Promise<AnomalyEvent> {
  const event = await events.event(id);
  if (event === null || !maySee(caller, event.camera))
    throw new AppError('event.not_found', `there is no event ${id}`, { event: id });
  return event;
}
