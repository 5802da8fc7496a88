/** The filters of events as SQL: what a list, a summary and an export have in common. */
import type { EventFilters } from '../../store-api.js';
import { searchBits } from './search-bits.js';
import { searchNeedles } from './search-text.js';

/** What a column holds. */
export type ColumnValue = string | number | boolean | bigint | null;

/** A condition and the values of its `?`, in order. No value of a client ever becomes part of the text. */
export interface Condition {
  sql: string;
  values: ColumnValue[];
}

const lists = ['camera', 'severity', 'label', 'verdict', 'state'] as const;

/** The conditions that all must hold; none for no filter. */
export function filterConditions(filters: EventFilters): Condition[] {
  const { zone, feedback, kept, hasClip, after, before, minScore, q } = filters;
  const conditions: Condition[] = [];
  const where = (sql: string, ...values: ColumnValue[]): void => {
    conditions.push({ sql, values });
  };
  for (const column of lists) {
    const allowed = filters[column];
    if (allowed) conditions.push(oneOf(column, allowed));
  }
  if (feedback) conditions.push(oneOf("coalesce(feedback, 'none')", feedback));
  if (zone)
    conditions.push(anyOf(zone.map((name) => ({ sql: 'contains(zones, ?)', values: [`\n${name}\n`] }))));
  if (kept !== undefined) where('kept = ?', kept);
  if (hasClip !== undefined) where('has_clip = ?', hasClip);
  if (after !== undefined) where('start_time >= ?', after);
  if (before !== undefined) where('start_time < ?', before);
  if (minScore !== undefined) where('top_score >= ?', minScore);
  if (q !== undefined) conditions.push(...textConditions(q));
  return conditions;
}

/** `WHERE ...` of conditions, or nothing, with a space after it. */
export function whereClause(conditions: readonly Condition[]): Condition {
  return {
    sql: conditions.length === 0 ? '' : `WHERE ${conditions.map(({ sql }) => sql).join(' AND ')} `,
    values: conditions.flatMap(({ values }) => values),
  };
}

function textConditions(q: string): Condition[] {
  const needles = searchNeedles(q);
  // A text of nothing but punctuation occurs nowhere.
  if (needles.length === 0) return [nothing];
  const [low, high] = searchBits(needles.join(''));
  const texts = needles.map(() => 'contains(search, ?)').join(' AND ');
  // DuckDB would look into every text first, since it leaves one column's condition to the scan. CASE holds the order.
  const sql = `CASE WHEN (search_bits_low & ?) = ? AND (search_bits_high & ?) = ? THEN ${texts} ELSE false END`;
  return [{ sql, values: [low, low, high, high, ...needles] }];
}

// An empty list allows nothing: whoever may see no camera must not see them all.
const nothing: Condition = { sql: 'false', values: [] };

function oneOf(column: string, allowed: readonly string[]): Condition {
  if (allowed.length === 0) return nothing;
  return { sql: `${column} IN (${allowed.map(() => '?').join(', ')})`, values: [...allowed] };
}

function anyOf(conditions: readonly Condition[]): Condition {
  if (conditions.length === 0) return nothing;
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(' OR ')})`,
    values: conditions.flatMap(({ values }) => values),
  };
}
