/** The event store: a journal that is the truth, a DuckDB file that answers questions, and what keeps them in step. */
import { join } from 'node:path';
import { every, type Clock } from '../clock.js';
import { AppError } from '../errors.js';
import { anomalyEventSchema, type AnomalyEvent } from '../event.js';
import type { EventPage, EventQuery, StoreStats } from '../protocol.js';
import { S_PER_DAY } from '../units.js';
import { prepareDataFolder } from './data-folder.js';
import { eventColumns, eventOfRow, eventStatement, pageOfRows } from './event-query.js';
import { Journal } from './journal.js';
import { Projection } from './projection.js';
import { Projector, type BatchLimits } from './projector.js';

export interface StoreConfig extends BatchLimits {
  /** Folder of all files; created if missing. One process at a time may use it. */
  dataDir: string;
  /** Events that started longer ago are deleted. */
  retentionDays: number;
}

interface Files {
  journal: Journal;
  projector: Projector;
}

const EXPIRY_PERIOD_MS = 3_600_000;
const EXPIRED_PER_TRANSACTION = 1000;
const eventsSchema = anomalyEventSchema.array();

/** Unless {@link Store.open} has succeeded, everything but `stats` and `stop` throws `store.open_failed`. */
export class Store {
  readonly #config: StoreConfig;
  readonly #clock: Clock;
  readonly #projection: Projection;
  #files: Files | null = null;
  #journaled = 0;
  /** Settles when neither opening nor the hourly expiry is under way. */
  #housekeeping: Promise<void> = Promise.resolve();
  #cancelExpiry = (): void => undefined;

  constructor(config: StoreConfig, clock: Clock) {
    this.#config = config;
    this.#clock = clock;
    this.#projection = new Projection(join(config.dataDir, 'nunchi.duckdb'), clock);
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
   * Throws `store.write_failed`, and then has taken none of them.
   */
  append(events: readonly AnomalyEvent[]): void {
    const { journal, projector } = this.#openFiles();
    // One that does not fit the table would fail every flush after it.
    journal.append(eventsSchema.parse(events));
    this.#journaled += events.length;
    projector.appended(events.some((event) => event.severity === 'critical'));
  }

  /** Throws `request.invalid`, or `store.open_failed` while DuckDB is out of order. */
  async query(query: EventQuery): Promise<EventPage> {
    const statement = eventStatement(query);
    await this.#openFiles().projector.settled();
    return pageOfRows(await this.#projection.select(statement), query.limit);
  }

  /** Null when there is none. Throws `store.open_failed` while DuckDB is out of order. */
  async event(id: string): Promise<AnomalyEvent | null> {
    await this.#openFiles().projector.settled();
    const sql = `SELECT ${eventColumns} FROM events WHERE id = ?`;
    const [row] = await this.#projection.select({ sql, values: [id] });
    return row ? eventOfRow(row) : null;
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
    const sql = `SELECT id FROM events WHERE start_time < ? LIMIT ${EXPIRED_PER_TRANSACTION}`;
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

function endedAtRestart(event: AnomalyEvent): AnomalyEvent {
  const lastSeen = event.data['last_seen'];
  return {
    ...event,
    state: 'ended',
    end_time: typeof lastSeen === 'number' ? lastSeen : event.start_time,
    data: { ...event.data, closed_by: 'restart' },
  };
}
