/** The `events` table's columns, an event's way in and out of them, and the SQL of a page of events. */
import { z } from 'zod';
import { AppError } from '../errors.js';
import { anomalyEventSchema, type AnomalyEvent } from '../event.js';
import type { EventPage, EventQuery } from '../protocol.js';

/** `JSON` is text for lists and records; the rest are DuckDB's own types. */
type ColumnType = 'VARCHAR' | 'DOUBLE' | 'BOOLEAN' | 'JSON';

/** One column per field of an event, so a field that is added without one does not compile. Times are Unix seconds. */
const columnTypes = {
  id: 'VARCHAR',
  camera: 'VARCHAR',
  label: 'VARCHAR',
  severity: 'VARCHAR',
  state: 'VARCHAR',
  start_time: 'DOUBLE',
  end_time: 'DOUBLE',
  top_score: 'DOUBLE',
  threshold: 'DOUBLE',
  verdict: 'VARCHAR',
  summary: 'VARCHAR',
  reasoning: 'VARCHAR',
  actions: 'JSON',
  has_snapshot: 'BOOLEAN',
  has_clip: 'BOOLEAN',
  models: 'JSON',
  data: 'JSON',
} as const satisfies Record<keyof AnomalyEvent, ColumnType>;

const columns = Object.entries(columnTypes) as [keyof AnomalyEvent, ColumnType][];

/** Column names in table order, for a SELECT list. */
export const eventColumns = columns.map(([name]) => name).join(', ');

/** Column definitions in table order, for CREATE TABLE. */
export const eventColumnsSql = columns
  .map(
    ([name, type]) => `${name} ${type === 'JSON' ? 'VARCHAR' : type}${name === 'id' ? ' PRIMARY KEY' : ''}`,
  )
  .join(', ');

/** What a column holds. */
export type ColumnValue = string | number | boolean | null;

/** The values of an event's row, in table order. */
export function rowOfEvent(event: AnomalyEvent): ColumnValue[] {
  return columns.map(([name, type]) =>
    type === 'JSON' ? JSON.stringify(event[name]) : (event[name] as ColumnValue),
  );
}

/** The event of a row selected with {@link eventColumns}. */
export function eventOfRow(row: Readonly<Record<string, unknown>>): AnomalyEvent {
  const fields = columns.map(([name, type]) => [
    name,
    type === 'JSON' ? (JSON.parse(row[name] as string) as unknown) : row[name],
  ]);
  return Object.fromEntries(fields) as AnomalyEvent;
}

/** A statement and the values of its `?`, in order. No value of a client ever becomes part of the text. */
export interface Statement {
  sql: string;
  values: ColumnValue[];
}

const MAX_LIMIT = 500;

/**
 * Selects one row more than a page holds, newest first; {@link pageOfRows} makes a page of them. Pages are cut by
 * key, not by offset: a page stays right while newer events arrive.
 * Throws `request.invalid` for a limit outside 1..500 and for a cursor that no page gave out.
 */
export function eventStatement(query: EventQuery): Statement {
  if (!Number.isInteger(query.limit) || query.limit < 1 || query.limit > MAX_LIMIT) {
    throw new AppError('request.invalid', `limit must be a whole number from 1 to ${MAX_LIMIT}`, {
      field: 'limit',
    });
  }
  const conditions: string[] = [];
  const values: ColumnValue[] = [];
  const where = (condition: string, ...bound: ColumnValue[]): void => {
    conditions.push(condition);
    values.push(...bound);
  };
  for (const column of ['camera', 'severity', 'label', 'verdict'] as const) {
    const allowed = query[column];
    // An empty list allows nothing: whoever may see no camera must not see them all.
    if (allowed?.length === 0) where('false');
    else if (allowed) where(`${column} IN (${allowed.map(() => '?').join(', ')})`, ...allowed);
  }
  if (query.after !== undefined) where('start_time >= ?', query.after);
  if (query.before !== undefined) where('start_time < ?', query.before);
  if (query.minScore !== undefined) where('top_score >= ?', query.minScore);
  if (query.cursor !== undefined) {
    const [time, id] = decodeCursor(query.cursor);
    where('(start_time < ? OR (start_time = ? AND id < ?))', time, time, id);
  }
  const filter = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')} `;
  const sql = `SELECT ${eventColumns} FROM events ${filter}ORDER BY start_time DESC, id DESC LIMIT ${query.limit + 1}`;
  return { sql, values };
}

/** Cuts the rows of an {@link eventStatement} to `limit`; the row beyond tells that there is another page. */
export function pageOfRows(rows: readonly Readonly<Record<string, unknown>>[], limit: number): EventPage {
  const events = rows.slice(0, limit).map(eventOfRow);
  const last = events.at(-1);
  return { events, nextCursor: rows.length > limit && last ? encodeCursor(last) : null };
}

/** The place right after `event` in a listing; opaque to clients. */
export function encodeCursor(event: Pick<AnomalyEvent, 'start_time' | 'id'>): string {
  return Buffer.from(JSON.stringify([event.start_time, event.id])).toString('base64url');
}

const cursorSchema = z.tuple([z.number(), anomalyEventSchema.shape.id]);

/** `[start_time, id]` of the event that the cursor follows. Throws `request.invalid` for anything else. */
export function decodeCursor(cursor: string): [startTime: number, id: string] {
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch (error) {
    const message = 'cursor must be the next_cursor of an earlier page';
    throw new AppError('request.invalid', message, { field: 'cursor' }, error);
  }
}
