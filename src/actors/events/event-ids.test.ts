import { expect, it } from 'vitest';
import { anomalyEvent } from '../../../test/support/anomaly-event.js';
import type { EventQuery } from '../../store-api.js';
import { eventIds } from './event-ids.js';

it('collects the events of every page, and asks for no others', async () => {
  const events = Array.from({ length: 5 }, () => anomalyEvent({ kept: true }));
  const asked: EventQuery[] = [];
  const page = (query: EventQuery) => {
    asked.push(query);
    const from = Number(query.cursor ?? 0);
    const nextCursor = from + 2 < events.length ? String(from + 2) : null;
    return Promise.resolve({ events: events.slice(from, from + 2), nextCursor });
  };
  const ids = await eventIds(page, { kept: true });
  expect(ids).toEqual(new Set(events.map(({ id }) => id)));
  expect(asked.map(({ kept }) => kept)).toEqual([true, true, true]);
});
