/** Events written to a file for other programs. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import type { EventFilters, ExportFormat } from '../../store-api.js';
import { filterConditions, whereClause } from './event-filter.js';
import { eventColumnTypes, type Statement } from './event-query.js';

/** Of one export: about two GB as CSV, which then goes through the disk of the appliance. */
export const MAX_EXPORTED = 2_000_000;

/** The four characters, their full-width twins, and the white space that programs skip before them. */
const formulaStart = String.raw`^\s*[=+\-@\t\r\n\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]`;

const options = { csv: 'FORMAT csv, HEADER', parquet: 'FORMAT parquet, COMPRESSION zstd' };

/** Makes the folder of exports, empty: what an earlier run left is of no use to anybody. */
export function emptyExportFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
}

/** A new file in the folder; nothing of a client is part of its name. */
export function exportFile(folder: string, format: ExportFormat): string {
  return join(folder, `${uuidv7()}.${format}`);
}

export function exportedCount(filters: EventFilters): Statement {
  const { sql, values } = whereClause(filterConditions(filters));
  return { sql: `SELECT count(*) AS count FROM events ${sql}`, values };
}

/** Writes the events into `file`. */
export function exportStatement(filters: EventFilters, format: ExportFormat, file: string): Statement {
  const { sql, values } = whereClause(filterConditions(filters));
  const selected = Object.entries(eventColumnTypes).map(([name, type]) =>
    format === 'csv' && type === 'VARCHAR' ? `${harmless(name)} AS ${name}` : name,
  );
  const select = `SELECT ${selected.join(', ')} FROM events ${sql}`;
  return { sql: `COPY (${select}) TO '${file.replaceAll("'", "''")}' (${options[format]})`, values };
}

/** Text that a spreadsheet would take for a formula begins with an apostrophe (OWASP, "CSV Injection"). */
function harmless(column: string): string {
  return `CASE WHEN regexp_matches(${column}, '${formulaStart}') THEN '''' || ${column} ELSE ${column} END`;
}
