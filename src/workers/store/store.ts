/** The event store: a journal that is the truth, a DuckDB file that answers questions, and what keeps them in step. */
import { join, resolve } from 'node:path';
import { every, type Clock } from '../../clock.js';
import { AppError } from '../../errors.js';
import { anomalyEventSchema, type AnomalyEvent } from '../../event.js';
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
} from '../../store-api.js';
import { S_PER_DAY } from '../../units.js';
import { prepareDataFolder } from './data-folder.js';
import { emptyExportFolder } from './event-export.js';
import { EventReads } from './event-reads.js';
import { eventsLeftOpen, expireEvents } from './event-retention.js';
import { Journal } from './journal.js';
import { Projection } from './projection.js';
import { Projector, type BatchLimits, type ProjectorStats } from './projector.js';

export interface StoreConfig extends BatchLimits {
  /** Folder of all files; created if missing. One process at a time may use it. */
  dataDir: string;
  /** Events that started longer ago are deleted. */
  retentionDays: number;
}

interface Files {
  journal: Journal;
  projector: Projector;
  reads: EventReads;
}

const EXPIRY_PERIOD_MS = 3_600_000;
const noFlushes: ProjectorStats = { flushes: 0, flushMs: 0, flushCounts: [], flushFailures: 0 };
const eventsSchema = anomalyEventSchema.array();

/** Unless {@link Store.open} has succeeded, everything but `stats` and `stop` throws `store.open_failed`. */
export class Store {
  readonly #config: StoreConfig;
  readonly #clock: Clock;
  readonly #projection: Projection;
  readonly #exports: string;
  #files: Files | null = null;
  #journaled = 0;
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

  async query(query: EventQuery): Promise<EventPage> {
    return this.#openFiles().reads.query(query);
  }

  async summary(query: SummaryQuery): Promise<EventSummary> {
    return this.#openFiles().reads.summary(query);
  }

  /** The caller removes the file. */
  async exportEvents(filters: EventFilters, format: ExportFormat): Promise<EventExport> {
    return this.#openFiles().reads.exportEvents(filters, format);
  }

  async event(id: string): Promise<AnomalyEvent | null> {
    return this.#openFiles().reads.event(id);
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
      ...(this.#files?.projector.stats ?? noFlushes),
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
    const reads = new EventReads({
      journal,
      projector,
      projection: this.#projection,
      exportFolder: this.#exports,
      clock: this.#clock,
    });
    this.#files = { journal, projector, reads };
    await projector.flush();
    const leftOpen = await eventsLeftOpen(this.#projection);
    if (leftOpen.length > 0) {
      this.append(leftOpen);
      await projector.flush();
    }
    await this.#expire();
  }

  async #close(): Promise<void> {
    const files = this.#files;
    this.#files = null;
    await files?.projector.stop();
    await this.#projection.close();
    await files?.journal.close();
  }

  #expireQuietly(): void {
    this.#housekeeping = this.#expire().catch((error: unknown) => {
      // The projector counts and repairs a store that is out of order; the next hour sees to the rest.
      if (AppError.from(error).kind !== 'unavailable') throw error;
    });
  }

  async #expire(): Promise<void> {
    const { journal, projector } = this.#openFiles();
    const cutoff = this.#clock.wallTime() - this.#config.retentionDays * S_PER_DAY;
    await expireEvents({ journal, projector, projection: this.#projection }, cutoff);
  }

  #openFiles(): Files {
    if (this.#files !== null) return this.#files;
    throw new AppError('store.open_failed', `the store in ${this.#config.dataDir} is not open`);
  }
}
