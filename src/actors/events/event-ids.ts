import type { EventFilters, EventPage, EventQuery } from '../../store-api.js';

const PAGE = 500;

/** Ids of all events that `filters` allow; asks the store page by page. */
export async function eventIds(
  query: (query: EventQuery) => Promise<EventPage>,
  filters: EventFilters,
): Promise<Set<string>> {
  const ids = new Set<string>();
  let cursor: string | undefined;
  do {
    const page = await query({ ...filters, limit: PAGE, cursor });
    for (const { id } of page.events) ids.add(id);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return ids;
}
