/** Opening a DuckDB file, and what may be wrong with one: held by another process, damaged, or out of reach. */
import { existsSync, renameSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { AppError } from '../../errors.js';

/**
 * Two threads let a text search use both cores of a small machine: with one, three of them take longer than they may, and
 * on an otherwise idle machine events wait for the disk as long. The limit holds the index over a million ids and what a
 * summary or an export needs beside it. A page of rows is read late: first its keys, then only these rows whole.
 */
const settings = { threads: '2', memory_limit: '512MB' };

/**
 * Opens or creates the database file. Statements see it and the files in `exports`, nothing else of the machine, and
 * cannot change that. Throws what DuckDB throws. The caller closes the instance.
 */
export async function openInstance(file: string, exports: string): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(file, settings);
  try {
    const connection = await instance.connect();
    for (const statement of [
      'SET late_materialization_max_rows = 600',
      `SET allowed_directories = ['${exports.replaceAll("'", "''")}/']`,
      'SET enable_external_access = false',
      'SET lock_configuration = true',
    ])
      await connection.run(statement);
    connection.closeSync();
    return instance;
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

/** The file can be read but does not hold what it should. */
export class UnreadableFile extends Error {}

/** What DuckDB says of a file or write-ahead log that was torn, flipped or overwritten; found by doing just that. */
const damage =
  /corrupt|replaying WAL|could not read enough bytes|not a valid DuckDB database|database file with version|serialization error/i;

/** What it says, sometimes in the same breath, when the file is fine and the machine is not. */
const surroundings =
  /no space left|permission denied|read-only file system|too many open files|out of memory/i;

/** Whether an operation failed because the file itself is of no more use. */
export function isDamage(error: unknown): boolean {
  if (error instanceof UnreadableFile) return true;
  const message = messageOf(error);
  return damage.test(message) && !surroundings.test(message);
}

/** Sets the file and its write-ahead log aside under a new name, for someone to look into. */
export function quarantine(file: string, unixTime: number): void {
  for (const name of [file, `${file}.wal`]) {
    if (existsSync(name)) renameSync(name, `${name}.quarantined-${Math.floor(unixTime)}`);
  }
}

/** The error for a file that cannot be used now: `store.locked` with the other's `pid`, or `store.open_failed`. */
export function storeError(file: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  const message = messageOf(error);
  if (message.includes('Could not set lock on file')) return lockedError(file, message, error);
  const advice = 'check that its folder is writable and the disk has room';
  return new AppError('store.open_failed', `cannot use ${file}: ${message}; ${advice}`, { file }, error);
}

function lockedError(file: string, message: string, cause: unknown): AppError {
  const pid = Number(/PID (\d+)/.exec(message)?.[1]);
  const holder = Number.isNaN(pid) ? 'another process' : `process ${pid}`;
  return new AppError(
    'store.locked',
    `${file} is in use by ${holder}: stop that process, or choose another folder with --data-dir`,
    Number.isNaN(pid) ? { file } : { file, pid },
    cause,
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
