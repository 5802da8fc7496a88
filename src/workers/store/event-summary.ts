/** Counts of events by hour, camera and the like, as SQL. */
import {
  summaryDimensions,
  type EventSummary,
  type SummaryDimension,
  type SummaryQuery,
} from '../../store-api.js';
import { instantOf, type Offset } from '../../time-zone.js';
import { filterConditions, whereClause } from './event-filter.js';
import type { Statement } from './event-query.js';

const HOUR_S = 3600;
const DAY_S = 86_400;
/** Of one summary. */
const MAX_GROUPS = 10_000;

/** What a summary with hours or days must know first: `first` and `last`, null when there are no events. */
export const timeRangeStatement: Statement = {
  sql: 'SELECT min(start_time) AS first, max(start_time) AS last FROM events',
  values: [],
};

/** Selects one group more than a summary holds; {@link summaryOfRows} makes one of them. */
export function summaryStatement(query: SummaryQuery, offsets: readonly Offset[]): Statement {
  const dimensions = ordered(query.by);
  const { sql: where, values } = whereClause(filterConditions(query));
  const selected = dimensions.map((dimension) => `${expressionOf(dimension, offsets)} AS ${dimension}_`);
  const order = dimensions.map((dimension) => `${dimension}_${isTime(dimension) ? ' DESC' : ''}`);
  const sql =
    `SELECT ${selected.join(', ')}, count(*) AS count_, max(top_score) AS top_ FROM events ${where}` +
    `GROUP BY ALL ORDER BY ${order.join(', ')} LIMIT ${MAX_GROUPS + 1}`;
  return { sql, values };
}

/** The rows of a {@link summaryStatement}, which was made with the same `query` and `offsets`. */
export function summaryOfRows(
  rows: readonly Readonly<Record<string, unknown>>[],
  query: SummaryQuery,
  offsets: readonly Offset[],
): EventSummary {
  const dimensions = ordered(query.by);
  const groups = rows.slice(0, MAX_GROUPS).map((row) => ({
    ...Object.fromEntries(
      dimensions.map((dimension) => [dimension, valueOf(dimension, row[`${dimension}_`], offsets)]),
    ),
    count: Number(row['count_']),
    topScore: Number(row['top_']),
  }));
  return { groups, truncated: rows.length > MAX_GROUPS };
}

function ordered(by: readonly SummaryDimension[]): SummaryDimension[] {
  return summaryDimensions.filter((dimension) => by.includes(dimension));
}

function isTime(dimension: SummaryDimension): boolean {
  return dimension === 'hour' || dimension === 'day';
}

/** An hour is told apart by when it began, since clocks that are turned back show it twice; a day by its local number. */
function expressionOf(dimension: SummaryDimension, offsets: readonly Offset[]): string {
  if (dimension !== 'hour' && dimension !== 'day') return dimension;
  const offset = offsetExpression(offsets);
  if (dimension === 'day') return `floor((start_time + ${offset}) / ${DAY_S})`;
  return `floor((start_time + ${offset}) / ${HOUR_S}) * ${HOUR_S} - ${offset}`;
}

function offsetExpression(offsets: readonly Offset[]): string {
  const [first, ...later] = offsets.map(({ since, seconds }) => ({ since, seconds: String(seconds) }));
  const cases = later.toReversed().map(({ since, seconds }) => `WHEN start_time >= ${since} THEN ${seconds}`);
  if (cases.length === 0) return first?.seconds ?? '0';
  return `(CASE ${cases.join(' ')} ELSE ${first?.seconds ?? '0'} END)`;
}

function valueOf(dimension: SummaryDimension, value: unknown, offsets: readonly Offset[]): string | number {
  if (dimension === 'day') return instantOf(Number(value) * DAY_S, offsets);
  return dimension === 'hour' ? Number(value) : String(value);
}
