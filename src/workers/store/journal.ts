/** The durable log of events: what it has taken survives a power cut. */
import { open, type Database, type RootDatabase } from 'lmdb';
import { AppError } from '../../errors.js';
import type { AnomalyEvent } from '../../event.js';

/** The latest state of an event. `seq` grows with every state appended, over all events, also across restarts. */
export interface JournalRecord {
  seq: number;
  event: AnomalyEvent;
}

/** One may have been written by an earlier version. */
interface WrittenRecord {
  seq: number;
  event: Omit<AnomalyEvent, 'kept'> & { kept?: boolean };
}

/** Consecutive records, each event at most once. */
export interface JournalBatch {
  /** In order of `seq`. */
  records: JournalRecord[];
  /** Every state up to here is among the records, or superseded by one, or has expired. */
  throughSeq: number;
}

const lastSeqKey = 'last_seq';

/**
 * Owns one folder of LMDB files. Every write is one transaction, written and synced to disk when it returns, and
 * all of it or nothing. Only the latest state of each event is kept, so that the size follows from the number of
 * events, and "everything after seq n" serves both to catch up and to rebuild.
 */
export class Journal {
  readonly #folder: string;
  readonly #root: RootDatabase;
  readonly #events: Database<WrittenRecord, string>;
  /** seq -> id of the event whose latest state it is. */
  readonly #order: Database<string, number>;
  readonly #counters: Database<number, string>;
  readonly #states: Database<unknown, string>;
  #lastSeq: number;

  /**
   * Opens or creates the journal in `folder`, whose parent must exist. New states are numbered above `minSeq`, even
   * if the folder was lost. Throws `store.open_failed`.
   */
  constructor(folder: string, minSeq: number) {
    this.#folder = folder;
    try {
      // With overlapping sync a transaction would return before its data is on disk.
      this.#root = open(folder, { noSubdir: false, overlappingSync: false, maxDbs: 4 });
      this.#events = this.#root.openDB('events', { encoding: 'json' });
      this.#order = this.#root.openDB('order', { encoding: 'json' });
      this.#counters = this.#root.openDB('counters', { encoding: 'json' });
      this.#states = this.#root.openDB('states', { encoding: 'json' });
      this.#lastSeq = Math.max(minSeq, this.#counters.get(lastSeqKey) ?? 0);
    } catch (error) {
      const message =
        `cannot open the event journal in ${folder}: make the folder readable and writable, ` +
        'or, if it is damaged, move it away; events already in DuckDB stay';
      throw new AppError('store.open_failed', message, { folder }, error);
    }
  }

  /** `seq` of the newest state ever appended; 0 before the first. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /**
   * Makes the states durable, in order, and returns the `seq` of the first. Throws `store.write_failed`, and then has
   * taken none of them.
   */
  append(events: readonly AnomalyEvent[]): number {
    const firstSeq = this.#lastSeq + 1;
    let seq = this.#lastSeq;
    this.#write(() => {
      for (const event of events) {
        const older = this.#events.get(event.id);
        if (older) this.#order.removeSync(older.seq);
        seq += 1;
        this.#events.putSync(event.id, { seq, event });
        this.#order.putSync(seq, event.id);
      }
      this.#counters.putSync(lastSeqKey, seq);
    });
    this.#lastSeq = seq;
    return firstSeq;
  }

  /** The latest state of an event, or null. */
  get(id: string): JournalRecord | null {
    const record = this.#events.get(id);
    // Written before events could be kept, it does not say.
    return record ? { seq: record.seq, event: { ...record.event, kept: record.event.kept ?? false } } : null;
  }

  /** The next `limit` records, at most, with a `seq` above the given one. */
  readAfter(seq: number, limit: number): JournalBatch {
    const entries = [...this.#order.getRange({ start: seq + 1, limit })];
    const records = entries.flatMap(({ value: id }) => this.get(id) ?? []);
    const last = entries.at(-1);
    return { records, throughSeq: last && entries.length === limit ? last.key : this.#lastSeq };
  }

  /** Forgets events; unknown ids are ignored. Throws `store.write_failed`. */
  remove(ids: readonly string[]): void {
    this.#write(() => {
      for (const id of ids) {
        const record = this.#events.get(id);
        if (!record) continue;
        this.#order.removeSync(record.seq);
        this.#events.removeSync(id);
      }
    });
  }

  /** The value last saved under `key`, or null. */
  loadState(key: string): unknown {
    return this.#states.get(key) ?? null;
  }

  /** Makes a JSON value durable under `key`. Throws `store.write_failed`. */
  saveState(key: string, value: unknown): void {
    this.#write(() => {
      this.#states.putSync(key, value);
    });
  }

  async close(): Promise<void> {
    await this.#root.close();
  }

  #write(change: () => void): void {
    try {
      this.#root.transactionSync(change);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const message = `cannot write the event journal in ${this.#folder}: ${why}; check that the disk has room`;
      throw new AppError('store.write_failed', message, { folder: this.#folder }, error);
    }
  }
}
