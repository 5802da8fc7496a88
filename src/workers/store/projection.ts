/** The events as a DuckDB file: derived from the journal, and made anew from it when the file is damaged. */
import type { Clock } from '../../clock.js';
import { AppError } from '../../errors.js';
import { isDamage, quarantine, storeError } from './duckdb-file.js';
import type { Statement } from './event-query.js';
import { EventTable, selectRows, type Row } from './event-table.js';
import type { JournalBatch } from './journal.js';
import { ReaderPool, type ReadWeight } from './reader-pool.js';

/**
 * The only user of one DuckDB file. Operations run one at a time, in the order of their calls, but for reads, which run
 * beside them. A failed operation closes the file, a failed read only if the file is damaged; until
 * {@link Projection.open} has succeeded again, everything else throws `store.open_failed`.
 */
export class Projection {
  readonly #file: string;
  readonly #exports: string;
  readonly #clock: Clock;
  #table: EventTable | null = null;
  #readers: ReaderPool | null = null;
  #lastTurn: Promise<unknown> = Promise.resolve();
  /** The last failure was damage that opening the file may not notice. */
  #damaged = false;
  #lastSeq = 0;
  #rebuilds = 0;
  #rowsWritten = 0;

  /** `exports` is the only folder that statements may write to beside the file's own. */
  constructor(file: string, exports: string, clock: Clock) {
    this.#file = file;
    this.#exports = exports;
    this.#clock = clock;
  }

  /** Journal `seq` up to which the table is complete. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Files set aside since the start because they were damaged. */
  get rebuilds(): number {
    return this.#rebuilds;
  }

  /** Rows committed since the start. */
  get rowsWritten(): number {
    return this.#rowsWritten;
  }

  /** Of reads, since the file was opened. */
  get readCounts(): ReaderPool['counts'] {
    return this.#readers?.counts ?? { refused: 0, cutOff: 0 };
  }

  /**
   * Opens the file unless it is open. One that is damaged is set aside, and a new one starts at `lastSeq` 0.
   * Throws `store.locked` or `store.open_failed`.
   */
  open(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#table !== null) return;
      if (this.#damaged) this.#setAside();
      try {
        await this.#openTable();
      } catch (error) {
        if (!isDamage(error)) throw error;
        this.#setAside();
        await this.#openTable();
      }
    });
  }

  /** Commits the batch as a whole. */
  write(batch: JournalBatch): Promise<void> {
    return this.#withTable(async (table) => {
      await table.write(batch);
      this.#lastSeq = batch.throughSeq;
      this.#rowsWritten += batch.records.length;
    });
  }

  /**
   * The rows a statement selects, read beside what is being written. Throws `store.overloaded`, `store.deadline` or
   * `store.open_failed`.
   */
  async read(statement: Statement, weight: ReadWeight, deadlineMs: number): Promise<Row[]> {
    const table = this.#table;
    if (this.#readers === null) throw closedError(this.#file);
    try {
      return await this.#readers.run(weight, deadlineMs, (connection) => selectRows(connection, statement));
    } catch (error) {
      if (isDamage(error)) await this.#closeDamaged(table);
      throw storeError(this.#file, error);
    }
  }

  /** The rows a statement selects, in turn with what is being written. */
  select(statement: Statement): Promise<Row[]> {
    return this.#withTable((table) => table.select(statement));
  }

  /** Deletes events; unknown ids are ignored. */
  remove(ids: readonly string[]): Promise<void> {
    return this.#withTable((table) => table.remove(ids));
  }

  /** Waits for what is under way, then closes the file. */
  close(): Promise<void> {
    return this.#inTurn(() => this.#closeTable());
  }

  async #openTable(): Promise<void> {
    this.#table = await EventTable.open(this.#file, this.#exports);
    this.#readers = new ReaderPool(this.#table.readers, this.#clock);
    this.#lastSeq = await this.#table.lastSeq();
  }

  async #closeTable(): Promise<void> {
    const [table, readers] = [this.#table, this.#readers];
    this.#table = null;
    this.#readers = null;
    await readers?.end();
    table?.close();
  }

  /** What a read found is seen to by the next flush, which opens the file anew, if nobody has by then. */
  #closeDamaged(table: EventTable | null): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#table !== table) return;
      this.#damaged = true;
      await this.#closeTable();
    });
  }

  #setAside(): void {
    quarantine(this.#file, this.#clock.wallTime());
    this.#damaged = false;
    this.#lastSeq = 0;
    this.#rebuilds += 1;
  }

  #withTable<T>(run: (table: EventTable) => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      if (this.#table === null) throw closedError(this.#file);
      try {
        return await run(this.#table);
      } catch (error) {
        this.#damaged = isDamage(error);
        await this.#closeTable();
        throw error;
      }
    });
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#lastTurn.then(run).catch((error: unknown) => {
      throw storeError(this.#file, error);
    });
    this.#lastTurn = turn.catch(() => undefined);
    return turn;
  }
}

function closedError(file: string): AppError {
  return new AppError('store.open_failed', `${file} is closed after a failure; it is being opened again`, {
    file,
  });
}
