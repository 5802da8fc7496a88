/** What was decided about alerts, and the messages that are still on their way, kept beside the events. */
import { open, type Database, type RootDatabase } from 'lmdb';
import {
  alertRecordSchema,
  deliverySchema,
  type AlertChange,
  type AlertPage,
  type AlertQuery,
  type AlertRecord,
  type SavedAlertBook,
} from '../../alerting/alert-record.js';
import type { Clock } from '../../clock.js';
import { AppError } from '../../errors.js';
import { S_PER_DAY } from '../../units.js';
import { entryOf, isAskedFor, type AlertEntry } from './alert-index.js';

export interface AlertLogLimits {
  /** Records at most, and those among them of events that nobody was told of; the oldest give way. */
  records: number;
  suppressed: number;
  /** Older records are deleted. */
  retentionDays: number;
}

const STATE_KEY = 'state';

/** Owns one folder of LMDB files. Every change is one transaction, on disk and synced when `commit` returns. */
export class AlertLog {
  readonly #folder: string;
  readonly #limits: AlertLogLimits;
  readonly #clock: Clock;
  readonly #root: RootDatabase;
  readonly #records: Database<unknown, string>;
  readonly #deliveries: Database<unknown, string>;
  readonly #states: Database<unknown, string>;
  /** Of all records, the oldest first. */
  readonly #index = new Map<string, AlertEntry>();
  /** Ids of the suppressed ones among them, the oldest first. */
  readonly #suppressed = new Set<string>();

  /** Opens or creates `folder`, whose parent must exist. Throws `store.open_failed`. */
  constructor(folder: string, limits: AlertLogLimits, clock: Clock) {
    this.#folder = folder;
    this.#limits = limits;
    this.#clock = clock;
    try {
      // With overlapping sync a transaction would return before its data is on disk.
      this.#root = open(folder, { noSubdir: false, overlappingSync: false, maxDbs: 3 });
      this.#records = this.#root.openDB('records', { encoding: 'json' });
      this.#deliveries = this.#root.openDB('deliveries', { encoding: 'json' });
      this.#states = this.#root.openDB('states', { encoding: 'json' });
      for (const { value } of this.#records.getRange()) {
        const record = recordOf(value);
        if (record !== null) this.#remember(record);
      }
    } catch (error) {
      const message = `cannot open the alerts in ${folder}: make it writable, or remove it if it is damaged`;
      throw new AppError('store.open_failed', message, { folder }, error);
    }
  }

  /** What the last run left to be taken up; `state` is null before the first. */
  book(): SavedAlertBook {
    const deliveries = [...this.#deliveries.getRange()].flatMap(({ value }) => {
      const parsed = deliverySchema.safeParse(value);
      return parsed.success ? [parsed.data] : [];
    });
    return { state: this.#states.get(STATE_KEY) ?? null, deliveries };
  }

  /** Makes a change durable. Throws `store.write_failed`, and then has taken nothing of it. */
  commit(change: AlertChange): void {
    const updated = this.#updated(change);
    const surplus = this.#surplus(updated);
    try {
      this.#root.transactionSync(() => {
        if (change.state !== undefined) this.#states.putSync(STATE_KEY, change.state);
        for (const record of updated.values()) this.#records.putSync(record.id, record);
        for (const delivery of change.deliveries) this.#deliveries.putSync(delivery.id, delivery);
        for (const id of change.done) this.#deliveries.removeSync(id);
        for (const id of surplus) this.#records.removeSync(id);
      });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const message = `cannot write the alerts in ${this.#folder}: ${why}; check that the disk has room`;
      throw new AppError('store.write_failed', message, { folder: this.#folder }, error);
    }
    for (const record of updated.values()) this.#remember(record);
    for (const id of surplus) this.#forget(id);
  }

  /** Null when there is none. */
  record(id: string): AlertRecord | null {
    return recordOf(this.#records.get(id));
  }

  /** Newest first. */
  page(query: AlertQuery): AlertPage {
    const found = [...this.#index.values()]
      .filter((entry) => isAskedFor(entry, query))
      .sort((a, b) => (a.id < b.id ? 1 : -1));
    const shown = found.slice(0, query.limit);
    return {
      alerts: shown.flatMap(({ id }) => this.record(id) ?? []),
      nextCursor: found.length > shown.length ? (shown.at(-1)?.id ?? null) : null,
    };
  }

  async close(): Promise<void> {
    await this.#root.close();
  }

  /** The records as the change leaves them; outcomes of records that are gone are passed over. */
  #updated({ records, outcomes }: AlertChange): Map<string, AlertRecord> {
    const updated = new Map(records.map((record) => [record.id, record]));
    for (const { alertId, outcome } of outcomes) {
      const record = updated.get(alertId) ?? this.record(alertId);
      if (record === null) continue;
      const deliveries = record.deliveries.map((delivery) =>
        delivery.channel === outcome.channel ? outcome : delivery,
      );
      updated.set(alertId, { ...record, deliveries });
    }
    return updated;
  }

  /** Ids of the oldest that the change leaves no room for, and of those that are too old. */
  #surplus(updated: ReadonlyMap<string, AlertRecord>): Set<string> {
    const added = [...updated.values()].filter(({ id }) => !this.#index.has(id));
    const addedSuppressed = added.filter(({ kind }) => kind === 'suppressed').length;
    const { records, suppressed, retentionDays } = this.#limits;
    const surplus = new Set(oldest(this.#suppressed, this.#suppressed.size + addedSuppressed - suppressed));
    const left = this.#index.size + added.length - surplus.size;
    for (const id of oldest(this.#index.keys(), left - records)) surplus.add(id);
    const cutoff = this.#clock.wallTime() - retentionDays * S_PER_DAY;
    for (const { id, time } of this.#index.values()) {
      if (time >= cutoff) break;
      surplus.add(id);
    }
    return surplus;
  }

  #remember(record: AlertRecord): void {
    this.#index.set(record.id, entryOf(record));
    if (record.kind === 'suppressed') this.#suppressed.add(record.id);
  }

  #forget(id: string): void {
    this.#index.delete(id);
    this.#suppressed.delete(id);
  }
}

function oldest(ids: Iterable<string>, count: number): string[] {
  return count > 0 ? [...ids].slice(0, count) : [];
}

/** Null for what is not there, or was stored by a version that wrote records in another form. */
function recordOf(value: unknown): AlertRecord | null {
  const parsed = alertRecordSchema.safeParse(value);
  return parsed.success ? parsed.data : null;
}
