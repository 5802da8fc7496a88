/** States that are durable but not in DuckDB yet, laid over the rows that are: a page has both. */
import type { AnomalyEvent } from '../../event.js';
import type { EventFilters, EventPage, EventQuery } from '../../store-api.js';
import { decodeCursor, encodeCursor, feedbackOf, searchTextOf, zonesOf } from './event-query.js';
import { searchNeedles } from './search-text.js';

/**
 * The page of `query`, from `stored` rows, newest first, `limit` and one more and as many as there are newer states, if
 * there are so many, and the newer states, which stand for the rows of the same events.
 */
export function mergedPage(
  stored: readonly AnomalyEvent[],
  newer: readonly AnomalyEvent[],
  query: EventQuery,
): EventPage {
  const isMeant = matcher(query);
  const isOnPage = afterCursor(query.cursor);
  const replaced = new Set(newer.map(({ id }) => id));
  const current = stored.filter(({ id }) => !replaced.has(id));
  const merged = [...current, ...newer.filter((event) => isMeant(event) && isOnPage(event))].sort(
    newestFirst,
  );
  const events = merged.slice(0, query.limit);
  const last = events.at(-1);
  return { events, nextCursor: merged.length > query.limit && last ? encodeCursor(last) : null };
}

function newestFirst(a: AnomalyEvent, b: AnomalyEvent): number {
  return b.start_time - a.start_time || (a.id < b.id ? 1 : -1);
}

function afterCursor(cursor: string | undefined): (event: AnomalyEvent) => boolean {
  if (cursor === undefined) return () => true;
  const [time, id] = decodeCursor(cursor);
  return (event) => event.start_time < time || (event.start_time === time && event.id < id);
}

/** The same as `filterConditions` says in SQL. */
function matcher(filters: EventFilters): (event: AnomalyEvent) => boolean {
  const { zone, feedback, kept, hasClip, after, before, minScore, q } = filters;
  const needles = q === undefined ? undefined : searchNeedles(q);
  const allows = (allowed: readonly string[] | undefined, value: string): boolean =>
    allowed?.includes(value) ?? true;
  return (event) =>
    allows(filters.camera, event.camera) &&
    allows(filters.severity, event.severity) &&
    allows(filters.label, event.label) &&
    allows(filters.verdict, event.verdict) &&
    allows(filters.state, event.state) &&
    allows(feedback, feedbackOf(event) ?? 'none') &&
    (zone === undefined || zone.some((name) => zonesOf(event).includes(name))) &&
    (kept === undefined || event.kept === kept) &&
    (hasClip === undefined || event.has_clip === hasClip) &&
    (after === undefined || event.start_time >= after) &&
    (before === undefined || event.start_time < before) &&
    (minScore === undefined || event.top_score >= minScore) &&
    (needles === undefined || containsAll(searchTextOf(event), needles));
}

function containsAll(text: string, needles: readonly string[]): boolean {
  return needles.length > 0 && needles.every((needle) => text.includes(needle));
}
