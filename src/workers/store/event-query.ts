/** The `events` table's columns, an event's way in and out of them, and the SQL of a page of events. */
import { z } from 'zod';
import { AppError } from '../../errors.js';
import { anomalyEventSchema, type AnomalyEvent } from '../../event.js';
import type { EventQuery } from '../../store-api.js';
import { filterConditions, whereClause, type ColumnValue, type Condition } from './event-filter.js';
import { searchBits } from './search-bits.js';
import { searchText } from './search-text.js';

/** `JSON` is text for lists and records; the rest are DuckDB's own types. */
type ColumnType = 'VARCHAR' | 'DOUBLE' | 'BOOLEAN' | 'JSON';

/** One column per field of an event, so a field that is added without one does not compile. Times are Unix seconds. */
export const eventColumnTypes = {
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
  kept: 'BOOLEAN',
  models: 'JSON',
  data: 'JSON',
} as const satisfies Record<keyof AnomalyEvent, ColumnType>;

const columns = Object.entries(eventColumnTypes) as [keyof AnomalyEvent, ColumnType][];

/** Column names in table order, for a SELECT list. */
export const eventColumns = columns.map(([name]) => name).join(', ');

/** Columns that only filters look at, made from the event when its row is. */
const filterColumns = {
  feedback: { type: 'VARCHAR', valueOf: feedbackOf },
  /** Each name between line feeds, so that one is found whole. */
  zones: { type: 'VARCHAR', valueOf: (event) => `\n${zonesOf(event).join('\n')}\n` },
  search: { type: 'VARCHAR', valueOf: searchTextOf },
  search_bits_low: { type: 'HUGEINT', valueOf: (event) => searchBits(searchTextOf(event))[0] },
  search_bits_high: { type: 'HUGEINT', valueOf: (event) => searchBits(searchTextOf(event))[1] },
} as const satisfies Record<string, { type: string; valueOf: (event: AnomalyEvent) => ColumnValue }>;

/** The last of them to have been added: rows that lack it are of an older version. */
export const newestColumn = 'search_bits_high' satisfies keyof typeof filterColumns;

const definitions = [
  ...columns.map(([name, type]) => ({ name, type: type === 'JSON' ? 'VARCHAR' : type })),
  ...Object.entries(filterColumns).map(([name, { type }]) => ({ name, type })),
  { name: 'seq', type: 'UBIGINT' },
];

/** Column definitions in the order of {@link rowOfEvent}, then `seq`, for CREATE TABLE. */
export const eventColumnsSql = definitions
  .map(({ name, type }) => `${name} ${type}${name === 'id' ? ' PRIMARY KEY' : ''}`)
  .join(', ');

/** Gives a table of an older version the columns that it lacks. */
export const eventMigrations: readonly string[] = [
  'ALTER TABLE events ADD COLUMN IF NOT EXISTS kept BOOLEAN DEFAULT false',
  ...Object.entries(filterColumns).map(
    ([name, { type }]) => `ALTER TABLE events ADD COLUMN IF NOT EXISTS ${name} ${type}`,
  ),
];

/** The values of an event's row, all but its `seq`. */
export function rowOfEvent(event: AnomalyEvent): ColumnValue[] {
  return [
    ...columns.map(([name, type]) =>
      type === 'JSON' ? JSON.stringify(event[name]) : (event[name] as ColumnValue),
    ),
    ...Object.values(filterColumns).map(({ valueOf }) => valueOf(event)),
  ];
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
export type Statement = Condition;

const MAX_LIMIT = 500;

/**
 * Selects at most `rows`, newest first: one more than a page holds tells whether there is another. Pages are cut by key,
 * not by offset: a page stays right while newer events arrive.
 * Throws `request.invalid` for a limit outside 1..500 and for a cursor that no page gave out.
 */
export function eventStatement(query: EventQuery, rows = query.limit + 1): Statement {
  if (!Number.isInteger(query.limit) || query.limit < 1 || query.limit > MAX_LIMIT) {
    throw new AppError('request.invalid', `limit must be a whole number from 1 to ${MAX_LIMIT}`, {
      field: 'limit',
    });
  }
  const conditions = filterConditions(query);
  if (query.cursor !== undefined) conditions.push(afterCursor(query.cursor));
  const { sql, values } = whereClause(conditions);
  const order = 'ORDER BY start_time DESC, id DESC';
  const page = `${order} LIMIT ${rows}`;
  if (query.q === undefined) return { sql: `SELECT ${eventColumns} FROM events ${sql}${page}`, values };
  // DuckDB reads the other columns of the page alone by itself, but not with the conditions of a text: there, all columns
  // of all rows. So it finds out first which rows are meant, then which of them are on the page.
  const meant = `SELECT rowid FROM events ${sql}`;
  const onPage = `SELECT rowid FROM events WHERE rowid IN (${meant}) ${page}`;
  return { sql: `SELECT ${eventColumns} FROM events WHERE rowid IN (${onPage}) ${order}`, values };
}

function afterCursor(cursor: string): Condition {
  const [time, id] = decodeCursor(cursor);
  return { sql: 'start_time <= ? AND (start_time < ? OR id < ?)', values: [time, time, id] };
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

/** What people said of an event. */
export function feedbackOf({ data: { feedback } }: AnomalyEvent): string | null {
  return typeof feedback === 'string' ? feedback : null;
}

/** The zones in which it was strongest. */
export function zonesOf({ data: { zones } }: AnomalyEvent): string[] {
  return Array.isArray(zones) ? zones.map(String) : [];
}

/** All that a text search looks at. */
export function searchTextOf({ summary, reasoning, label, camera }: AnomalyEvent): string {
  return searchText(summary, reasoning, label, camera);
}
