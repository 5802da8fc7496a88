import { rmSync, statSync } from 'node:fs';
import type { Clock } from '../../clock.js';
import { AppError } from '../../errors.js';
import type { AnomalyEvent } from '../../event.js';
import type {
  EventExport,
  EventFilters,
  EventPage,
  EventQuery,
  EventSummary,
  ExportFormat,
  SummaryQuery,
} from '../../store-api.js';
import { offsetsBetween } from '../../time-zone.js';
import { exportFile, exportStatement, exportedCount, MAX_EXPORTED } from './event-export.js';
import { mergedPage } from './event-overlay.js';
import { newestFirst } from './event-parts.js';
import { eventColumns, eventOfRow, eventStatement } from './event-query.js';
import { summaryOfRows, summaryStatement, timeRangeStatement } from './event-summary.js';
import type { Row } from './event-table.js';
import type { Journal } from './journal.js';
import type { Projection } from './projection.js';
import type { Projector } from './projector.js';

export interface EventReadsOptions {
  journal: Pick<Journal, 'get'>;
  projector: Pick<Projector, 'settled' | 'unprojected'>;
  projection: Pick<Projection, 'read'>;
  /** Where exports are written. */
  exportFolder: string;
  clock: Clock;
}

/** When the oldest and the newest event started, Unix seconds; NaN when there are none. */
interface TimeRange {
  first: number;
  last: number;
}

/** Sooner than callers give up on the thread. */
const READ_DEADLINE_MS = 8_000;
const EXPORT_DEADLINE_MS = 290_000;
const ROUGH_RANGE_MS = 60_000;
/** States laid over a page; more are projected first. */
const MAX_OVERLAID = 200;

/** Questions about events, answered by DuckDB together with what only the journal knows yet. */
export class EventReads {
  readonly #options: EventReadsOptions;
  #roughRange: { readMs: number; range: TimeRange } | null = null;
  #exporting = false;

  constructor(options: EventReadsOptions) {
    this.#options = options;
  }

  /** Throws `request.invalid`, or `store.open_failed` while DuckDB is out of order. */
  async query(query: EventQuery): Promise<EventPage> {
    const newer = await this.#options.projector.unprojected(MAX_OVERLAID);
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
    const wanted = query.limit + 1 + spare;
    const rows: Row[] = [];
    for (const part of newestFirst(await this.#roughTimeRange(), query)) {
      const statement = eventStatement({ ...query, ...part }, wanted - rows.length);
      rows.push(...(await this.#options.projection.read(statement, cost, READ_DEADLINE_MS)));
      if (rows.length >= wanted) break;
    }
    return rows;
  }

  /** Throws `store.overloaded`, `store.deadline`, or `store.open_failed` while DuckDB is out of order. */
  async summary(query: SummaryQuery): Promise<EventSummary> {
    await this.#options.projector.settled();
    const { first, last } = await this.#timeRange();
    const offsets = offsetsBetween(query.timeZone, first, last);
    const rows = await this.#options.projection.read(
      summaryStatement(query, offsets),
      'heavy',
      READ_DEADLINE_MS,
    );
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
    const file = exportFile(this.#options.exportFolder, format);
    try {
      await this.#options.projector.settled();
      const [row] = await this.#options.projection.read(exportedCount(filters), 'heavy', READ_DEADLINE_MS);
      if (Number(row?.['count']) > MAX_EXPORTED) throw tooMany();
      await this.#options.projection.read(
        exportStatement(filters, format, file),
        'heavy',
        EXPORT_DEADLINE_MS,
      );
      return { file, bytes: statSync(file).size };
    } catch (error) {
      rmSync(file, { force: true });
      throw error;
    } finally {
      this.#exporting = false;
    }
  }

  async #timeRange(): Promise<TimeRange> {
    const [row] = await this.#options.projection.read(timeRangeStatement, 'light', READ_DEADLINE_MS);
    return { first: Number(row?.['first']), last: Number(row?.['last']) };
  }

  /** As it was a minute ago at most: good enough to say where to look first. */
  async #roughTimeRange(): Promise<TimeRange> {
    const nowMs = this.#options.clock.monotonicMs();
    if (this.#roughRange === null || nowMs - this.#roughRange.readMs > ROUGH_RANGE_MS)
      this.#roughRange = { readMs: nowMs, range: await this.#timeRange() };
    return this.#roughRange.range;
  }

  /** Null when there is none. Throws `store.open_failed` while DuckDB is out of order. */
  async event(id: string): Promise<AnomalyEvent | null> {
    const known = this.#options.journal.get(id);
    if (known !== null) return known.event;
    // A journal that was lost leaves the older events here.
    const sql = `SELECT ${eventColumns} FROM events WHERE id = ?`;
    const [row] = await this.#options.projection.read({ sql, values: [id] }, 'light', READ_DEADLINE_MS);
    return row ? eventOfRow(row) : null;
  }
}

function tooMany(): AppError {
  const message = `more than ${MAX_EXPORTED} events: narrow the export, by after and before for example`;
  return new AppError('request.too_large', message);
}
