/** The event store: a journal that is the truth, a DuckDB file that answers questions, and what keeps them in step. */
import { rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { every, type Clock } from '../clock.js';
import { AppError } from '../errors.js';
import { anomalyEventSchema, type AnomalyEvent } from '../event.js';
import type {
  EventChanges,
  EventExport,
  EventFilters,
  EventPage,
  EventQuery,
  EventSummary,
  ExportFormat,
  StoreStats,
  SummaryQuery,
} from '../store-api.js';
import { offsetsBetween } from '../time-zone.js';
import { S_PER_DAY } from '../units.js';
import { prepareDataFolder } from './data-folder.js';
import { mergedPage } from './event-overlay.js';
import { eventColumns, eventOfRow, eventStatement } from './event-query.js';
import {
  emptyExportFolder,
  exportFile,
  exportStatement,
  exportedCount,
  MAX_EXPORTED,
} from './event-export.js';
import { newestFirst } from './event-parts.js';
import { summaryOfRows, summaryStatement, timeRangeStatement } from './event-summary.js';
import type { Row } from './event-table.js';
import { Journal } from './journal.js';
import { Projection } from './projection.js';
import { Projector, type BatchLimits } from './projector.js';

export interface StoreConfig extends BatchLimits {
  /** Folder of all files; created if missing. One process at a time may use it. */
  dataDir: string;
  /** Events that started longer ago are deleted. */
  retentionDays: number;
}

/** When the oldest and the newest event started, Unix seconds; NaN when there are none. */
interface TimeRange {
  first: number;
  last: number;
}

interface Files {
  journal: Journal;
  projector: Projector;
}

/** Sooner than callers give up on the thread. */
const READ_DEADLINE_MS = 8000;
const EXPORT_DEADLINE_MS = 290_000;
const EXPIRY_PERIOD_MS = 3_600_000;
const ROUGH_RANGE_MS = 60_000;
/** States laid over a page; more are projected first. */
const MAX_OVERLAID = 200;
const EXPIRED_PER_TRANSACTION = 1000;
const eventsSchema = anomalyEventSchema.array();

/** Unless {@link Store.open} has succeeded, everything but `stats` and `stop` throws `store.open_failed`. */
export class Store {
  readonly #config: StoreConfig;
  readonly #clock: Clock;
  readonly #projection: Projection;
  readonly #exports: string;
  #files: Files | null = null;
  #journaled = 0;
  #roughRange: { readMs: number; range: TimeRange } | null = null;
  #exporting = false;
  /** Settles when neither opening nor the hourly expiry is under way. */
  #housekeeping: Promise<void> = Promise.resolve();
  #cancelExpiry = (): void => undefined;

  constructor(config: StoreConfig, clock: Clock) {
    this.#config = config;
    this.#clock = clock;
    this.#exports = resolve(config.dataDir, 'exports');
    this.#projection = new Projection(join(config.dataDir, 'nunchi.duckdb'), this.#exports, clock);
  }

  /**
   * Opens the files, projects what a crash left unprojected, ends the events it left open and deletes expired ones.
   * Throws `store.locked` (with the other's `pid`) or `store.open_failed`, and then may be called again.
   */
  async open(): Promise<StoreStats> {
    const opening = this.#open();
    this.#housekeeping = opening.catch(() => undefined);
    try {
      await opening;
    } catch (error) {
      await this.#close();
      throw error;
    }
    this.#cancelExpiry = every(this.#clock, EXPIRY_PERIOD_MS, () => {
      this.#expireQuietly();
    });
    return this.stats();
  }

  /**
   * The events are on disk and synced when this returns, and found by every read from then on.
   * Returns the `seq` of the first; the others follow by one. Throws `store.write_failed`, and then has taken none.
   */
  append(events: readonly AnomalyEvent[]): number {
    const { journal, projector } = this.#openFiles();
    // One that does not fit the table would fail every flush after it.
    const firstSeq = journal.append(eventsSchema.parse(events));
    this.#journaled += events.length;
    projector.appended(events.some((event) => event.severity === 'critical'));
    return firstSeq;
  }

  /** Throws `request.invalid`, or `store.open_failed` while DuckDB is out of order. */
  async query(query: EventQuery): Promise<EventPage> {
    const newer = await this.#openFiles().projector.unprojected(MAX_OVERLAID);
    const rows = await this.#newestRows(query, newer.length);
    return mergedPage(rows.map(eventOfRow), newer, query);
  }

  /**
   * Looks through the newest part of the store first, and through older parts while the page is not full: most pages are
   * found at once, and no row is looked at twice. Rows that newer states stand for are left out afterwards, and so
   * `spare` more are read: `id NOT IN` would read the id of every row.
   */
  async #newestRows(query: EventQuery, spare: number): Promise<Row[]> {
    const cost = query.q === undefined ? 'light' : 'heavy';
    const rows: Row[] = [];
    for (const part of newestFirst(await this.#roughTimeRange(), query)) {
      const statement = eventStatement({ ...query, ...part }, spare);
      rows.push(...(await this.#projection.read(statement, cost, READ_DEADLINE_MS)));
      if (rows.length > query.limit + spare) break;
    }
    return rows;
  }

  /** Throws `store.overloaded`, `store.deadline`, or `store.open_failed` while DuckDB is out of order. */
  async summary(query: SummaryQuery): Promise<EventSummary> {
    await this.#openFiles().projector.settled();
    const { first, last } = await this.#timeRange();
    const offsets = offsetsBetween(query.timeZone, first, last);
    const rows = await this.#projection.read(summaryStatement(query, offsets), 'heavy', READ_DEADLINE_MS);
    return summaryOfRows(rows, query, offsets);
  }

  /**
   * Writes the events to a file, which the caller removes. Throws `store.overloaded` while another is written,
   * `request.too_large`, `store.deadline` or `store.open_failed`.
   */
  async exportEvents(filters: EventFilters, format: ExportFormat): Promise<EventExport> {
    if (this.#exporting)
      throw new AppError('store.overloaded', 'another export is being written; ask again when it is done');
    this.#exporting = true;
    const file = exportFile(this.#exports, format);
    try {
      await this.#openFiles().projector.settled();
      const [row] = await this.#projection.read(exportedCount(filters), 'heavy', READ_DEADLINE_MS);
      if (Number(row?.['count']) > MAX_EXPORTED) throw tooMany();
      await this.#projection.read(exportStatement(filters, format, file), 'heavy', EXPORT_DEADLINE_MS);
      return { file, bytes: statSync(file).size };
    } catch (error) {
      rmSync(file, { force: true });
      throw error;
    } finally {
      this.#exporting = false;
    }
  }

  async #timeRange(): Promise<TimeRange> {
    const [row] = await this.#projection.read(timeRangeStatement, 'light', READ_DEADLINE_MS);
    return { first: Number(row?.['first']), last: Number(row?.['last']) };
  }

  /** As it was a minute ago at most: good enough to say where to look first. */
  async #roughTimeRange(): Promise<TimeRange> {
    const nowMs = this.#clock.monotonicMs();
    if (this.#roughRange === null || nowMs - this.#roughRange.readMs > ROUGH_RANGE_MS)
      this.#roughRange = { readMs: nowMs, range: await this.#timeRange() };
    return this.#roughRange.range;
  }

  /** Null when there is none. Throws `store.open_failed` while DuckDB is out of order. */
  async event(id: string): Promise<AnomalyEvent | null> {
    const known = this.#openFiles().journal.get(id);
    if (known !== null) return known.event;
    // A journal that was lost leaves the older events here.
    const sql = `SELECT ${eventColumns} FROM events WHERE id = ?`;
    const [row] = await this.#projection.read({ sql, values: [id] }, 'light', READ_DEADLINE_MS);
    return row ? eventOfRow(row) : null;
  }

  /** The states after `seq`, at most `limit` of them; of each event only its latest. */
  changesAfter(seq: number, limit: number): EventChanges {
    const { records, throughSeq } = this.#openFiles().journal.readAfter(seq, limit);
    return { changes: records, throughSeq };
  }

  /** The value last saved under `key`, or null. */
  loadState(key: string): unknown {
    return this.#openFiles().journal.loadState(key);
  }

  /** The JSON value is on disk and synced when this returns. Throws `store.write_failed`. */
  saveState(key: string, value: unknown): void {
    this.#openFiles().journal.saveState(key, value);
  }

  /** `seq`s as they are now; the rest counts since the start. */
  stats(): StoreStats {
    return {
      lastSeq: this.#files?.journal.lastSeq ?? 0,
      projectedSeq: this.#projection.lastSeq,
      journaled: this.#journaled,
      projected: this.#projection.rowsWritten,
      flushes: this.#files?.projector.flushes ?? 0,
      flushMs: this.#files?.projector.flushMs ?? 0,
      flushFailures: this.#files?.projector.flushFailures ?? 0,
      rebuilds: this.#projection.rebuilds,
      readsRefused: this.#projection.readCounts.refused,
      readsCutOff: this.#projection.readCounts.cutOff,
    };
  }

  /** Projects what waits and closes the files. Nothing keeps the thread alive afterwards. */
  async stop(): Promise<void> {
    this.#cancelExpiry();
    await this.#housekeeping;
    await this.#close();
  }

  async #open(): Promise<void> {
    prepareDataFolder(this.#config.dataDir);
    emptyExportFolder(this.#exports);
    // DuckDB first: its lock keeps a second process away from the journal.
    await this.#projection.open();
    const journal = new Journal(join(this.#config.dataDir, 'journal'), this.#projection.lastSeq);
    const projector = new Projector(journal, this.#projection, this.#clock, this.#config);
    this.#files = { journal, projector };
    await projector.flush();
    await this.#endOpenEvents();
    await this.#expire();
  }

  async #close(): Promise<void> {
    const files = this.#files;
    this.#files = null;
    await files?.projector.stop();
    await this.#projection.close();
    await files?.journal.close();
  }

  /** Ends the episodes an earlier run left open: nobody saw what became of them, and nobody else will. */
  async #endOpenEvents(): Promise<void> {
    const sql = `SELECT ${eventColumns} FROM events WHERE state = 'new'`;
    const rows = await this.#projection.select({ sql, values: [] });
    if (rows.length === 0) return;
    this.append(rows.map((row) => endedAtRestart(eventOfRow(row))));
    await this.#openFiles().projector.flush();
  }

  #expireQuietly(): void {
    this.#housekeeping = this.#expire().catch((error: unknown) => {
      // The projector counts and repairs a store that is out of order; the next hour sees to the rest.
      if (AppError.from(error).kind !== 'unavailable') throw error;
    });
  }

  /** The journal forgets first: the other way round, a crash in between would leave what no search finds again. */
  async #expire(): Promise<void> {
    const { journal, projector } = this.#openFiles();
    const cutoff = this.#clock.wallTime() - this.#config.retentionDays * S_PER_DAY;
    const sql = `SELECT id FROM events WHERE start_time < ? AND NOT kept LIMIT ${EXPIRED_PER_TRANSACTION}`;
    for (;;) {
      await projector.settled();
      const rows = await this.#projection.select({ sql, values: [cutoff] });
      if (rows.length === 0) return;
      const ids = rows.map((row) => row['id'] as string);
      journal.remove(ids);
      await this.#projection.remove(ids);
    }
  }

  #openFiles(): Files {
    if (this.#files !== null) return this.#files;
    throw new AppError('store.open_failed', `the store in ${this.#config.dataDir} is not open`);
  }
}

function tooMany(): AppError {
  const message = `more than ${MAX_EXPORTED} events: narrow the export, by after and before for example`;
  return new AppError('request.too_large', message);
}

function endedAtRestart(event: AnomalyEvent): AnomalyEvent {
  const lastSeen = event.data['last_seen'];
  return {
    ...event,
    state: 'ended',
    end_time: typeof lastSeen === 'number' ? lastSeen : event.start_time,
    data: { ...event.data, closed_by: 'restart' },
  };
}
