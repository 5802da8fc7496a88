/** The store's time cut into parts, for reads that may end early. */
import type { EventQuery } from '../../store-api.js';
import { decodeCursor } from './event-query.js';

/** Where parts begin, in shares of the whole time, back from its end. */
const SHARES = [1 / 512, 1 / 32, 1 / 4];

/**
 * Bounds of time that take the place of the query's own, newest first; together they hold all that those hold.
 * `first` and `last` are about when the oldest and the newest event started; NaN when there are none.
 */
export function newestFirst(
  { first, last }: { first: number; last: number },
  { after, before, cursor }: Pick<EventQuery, 'after' | 'before' | 'cursor'>,
): Pick<EventQuery, 'after' | 'before'>[] {
  const from = Math.max(first, after ?? first);
  const to = Math.min(last, before ?? last, cursor === undefined ? last : decodeCursor(cursor)[0]);
  if (!(from < to)) return [{ after, before }];
  const cuts = SHARES.map((share) => to - share * (to - from));
  return [...cuts, after].map((cut, part) => ({ after: cut, before: cuts[part - 1] ?? before }));
}
