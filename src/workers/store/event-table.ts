/** The tables in the DuckDB file: `events`, one row an event, and `meta`, which tells how far they are complete. */
import type { DuckDBAppender, DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { openInstance, UnreadableFile } from './duckdb-file.js';
import {
  eventColumns,
  eventColumnsSql,
  eventMigrations,
  eventOfRow,
  newestColumn,
  rowOfEvent,
  type Statement,
} from './event-query.js';
import type { ColumnValue } from './event-filter.js';
import type { JournalBatch, JournalRecord } from './journal.js';

const SCHEMA_VERSION = 1;
const READERS = 4;
const ROWS_PER_BACKFILL = 1000;

const schema = [
  'CREATE TABLE IF NOT EXISTS meta (key VARCHAR PRIMARY KEY, value UBIGINT)',
  `INSERT OR IGNORE INTO meta VALUES ('schema_version', ${SCHEMA_VERSION}), ('last_seq', 0)`,
  `CREATE TABLE IF NOT EXISTS events (${eventColumnsSql})`,
  ...eventMigrations,
  `CREATE TEMP TABLE staging (${eventColumnsSql.replace(' PRIMARY KEY', '')})`,
];

export type Row = Record<string, unknown>;

/**
 * One opening of the file: one connection that writes, for one operation at a time, and those that read beside it,
 * which whoever has the table closes before it. Methods throw what DuckDB throws; after that only `close` may
 * be called, because what a failed COMMIT did is unknown until the file is opened again.
 */
export class EventTable {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #staging: DuckDBAppender;

  private constructor(
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    staging: DuckDBAppender,
    readonly readers: readonly DuckDBConnection[],
  ) {
    this.#instance = instance;
    this.#connection = connection;
    this.#staging = staging;
  }

  /** Opens or creates the file and checks every row of it. Throws {@link UnreadableFile} for another version's. */
  static async open(file: string, exports: string): Promise<EventTable> {
    const instance = await openInstance(file, exports);
    try {
      const connection = await instance.connect();
      for (const statement of schema) await connection.run(statement);
      await check(connection);
      const staging = await connection.createAppender('staging', null, 'temp');
      const readers: DuckDBConnection[] = [];
      for (let count = 0; count < READERS; count += 1) readers.push(await instance.connect());
      const table = new EventTable(instance, connection, staging, readers);
      await table.#fillOlderRows();
      return table;
    } catch (error) {
      instance.closeSync();
      throw error;
    }
  }

  /** Journal `seq` up to which the table is complete. */
  lastSeq(): Promise<number> {
    return metaValue(this.#connection, 'last_seq');
  }

  /** Puts the records in place of the older states of their events and moves `last_seq`, in one transaction. */
  async write({ records, throughSeq }: JournalBatch): Promise<void> {
    await this.#connection.run('BEGIN');
    await this.#replace(records);
    await this.#connection.run("UPDATE meta SET value = ? WHERE key = 'last_seq'", [throughSeq]);
    await this.#connection.run('COMMIT');
  }

  async #replace(records: readonly JournalRecord[]): Promise<void> {
    for (const { seq, event } of records) {
      for (const value of rowOfEvent(event)) appendColumn(this.#staging, value);
      this.#staging.appendUBigInt(BigInt(seq));
      this.#staging.endRow();
    }
    this.#staging.flushSync();
    await this.#connection.run('INSERT OR REPLACE INTO events BY NAME FROM staging');
    await this.#connection.run('TRUNCATE staging');
  }

  /** Rows of an earlier version lack what filters look at. */
  async #fillOlderRows(): Promise<void> {
    const sql = `SELECT ${eventColumns}, seq FROM events WHERE ${newestColumn} IS NULL LIMIT ${ROWS_PER_BACKFILL}`;
    for (;;) {
      const rows = await this.select({ sql, values: [] });
      if (rows.length === 0) return;
      await this.#replace(rows.map((row) => ({ seq: Number(row['seq']), event: eventOfRow(row) })));
    }
  }

  /** With the connection that writes: what it needs itself. */
  select(statement: Statement): Promise<Row[]> {
    return selectRows(this.#connection, statement);
  }

  /** Deletes events; unknown ids are ignored. */
  async remove(ids: readonly string[]): Promise<void> {
    const places = ids.map(() => '?').join(', ');
    await this.#connection.run(`DELETE FROM events WHERE id IN (${places})`, [...ids]);
  }

  close(): void {
    // Rows of a write that failed half-way must not be flushed by closing.
    this.#staging.clear();
    this.#staging.closeSync();
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}

/**
 * The rows a statement selects; no transaction may be open on the connection. Throws what DuckDB throws.
 *
 * Planned and run in one transaction. DuckDB 1.5 plans a prepared statement by the statistics of that moment and keeps
 * to the plan: with rows that another connection commits in between it cuts texts short or finds nothing
 * (duckdb/duckdb#23704).
 */
export async function selectRows(connection: DuckDBConnection, statement: Statement): Promise<Row[]> {
  await connection.run('BEGIN TRANSACTION READ ONLY');
  try {
    const rows = await preparedRows(connection, statement);
    await connection.run('COMMIT');
    return rows;
  } catch (error) {
    // What went wrong first is what matters; a file that cannot even do this is opened anew.
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function preparedRows(connection: DuckDBConnection, { sql, values }: Statement): Promise<Row[]> {
  const prepared = await connection.prepare(sql);
  try {
    prepared.bind(values);
    const reader = await prepared.runAndReadAll();
    return reader.getRowObjects();
  } finally {
    prepared.destroySync();
  }
}

/** Reads every row once: DuckDB finds a damaged block only when it reads it, which may be weeks after the start. */
async function check(connection: DuckDBConnection): Promise<void> {
  const version = await metaValue(connection, 'schema_version');
  if (version !== SCHEMA_VERSION)
    throw new UnreadableFile(`schema version ${version}, not ${SCHEMA_VERSION}`);
  await connection.run(`SELECT bit_xor(hash(${eventColumns}, seq)) FROM events`);
}

async function metaValue(connection: DuckDBConnection, key: string): Promise<number> {
  const reader = await connection.runAndReadAll('SELECT value FROM meta WHERE key = ?', [key]);
  return Number(reader.getRows()[0]?.[0]);
}

function appendColumn(staging: DuckDBAppender, value: ColumnValue): void {
  if (value === null) staging.appendNull();
  else if (typeof value === 'string') staging.appendVarchar(value);
  else if (typeof value === 'bigint') staging.appendHugeInt(value);
  else if (typeof value === 'number') staging.appendDouble(value);
  else staging.appendBoolean(value);
}
