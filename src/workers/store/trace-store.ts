/** How candidates were decided on, kept for a while beside the events. */
import { open, type Database, type RootDatabase } from 'lmdb';
import { every, type Clock } from '../../clock.js';
import { AppError } from '../../errors.js';
import { summaryOf, traceSchema, type Trace, type TraceQuery, type TraceSummary } from '../../trace.js';
import { MS_PER_S, S_PER_DAY } from '../../units.js';

export interface TraceLimits {
  /** Traces at most, and of one camera's that became nothing; the oldest give way. */
  traces: number;
  nothings: number;
  /** Older traces are deleted. */
  retentionDays: number;
}

const EXPIRY_PERIOD_MS = 3_600_000;
/** Hexadecimal digits of the Unix time in milliseconds at the start of a UUID of version 7 (RFC 9562). */
const TIME_DIGITS = 12;

/** All that lists are filtered by, so that no trace is read to be passed over. */
type Key = [id: string, outcome: Trace['outcome'], camera: string];

/**
 * Owns one folder of LMDB files, apart from the journal's, so that no event waits while a trace is synced. Traces are
 * written in the background: a power cut loses the newest, which only explain events, and damages nothing.
 */
export class TraceStore {
  readonly #folder: string;
  readonly #limits: TraceLimits;
  readonly #clock: Clock;
  readonly #root: RootDatabase;
  readonly #traces: Database<unknown, Key>;
  /** Of all traces, by id, oldest first. */
  readonly #keys = new Map<string, Key>();
  /** Ids of the traces that became nothing, by camera, oldest first. */
  readonly #nothings = new Map<string, Set<string>>();
  readonly #cancelExpiry: () => void;

  /** Opens or creates `folder`, whose parent must exist. Throws `store.open_failed`. */
  constructor(folder: string, limits: TraceLimits, clock: Clock) {
    this.#folder = folder;
    this.#limits = limits;
    this.#clock = clock;
    try {
      this.#root = open(folder, { noSubdir: false, maxDbs: 1 });
      this.#traces = this.#root.openDB('traces', { encoding: 'json' });
      for (const key of this.#traces.getKeys()) this.#index(key);
    } catch (error) {
      const message = `cannot open the traces in ${folder}: make it writable, or remove it if it is damaged`;
      throw new AppError('store.open_failed', message, { folder }, error);
    }
    this.#cancelExpiry = every(clock, EXPIRY_PERIOD_MS, () => {
      // What cannot be removed now is removed an hour later.
      this.expire().catch(() => undefined);
    });
  }

  /** Resolves when every read finds the trace; it replaces one of the same id. Throws `store.write_failed`. */
  async save(trace: Trace): Promise<void> {
    const key: Key = [trace.id, trace.outcome, trace.camera];
    this.#index(key);
    const surplus = [...this.#surplusNothings(trace), ...this.#surplus()];
    const writes = [this.#traces.put(key, trace), ...surplus.map((old) => this.#remove(old))];
    await this.#written(writes);
  }

  /** Deletes what is older than it may be. Throws `store.write_failed`. */
  async expire(): Promise<void> {
    const cutoff = this.#clock.wallTime() - this.#limits.retentionDays * S_PER_DAY;
    const expired = [...this.#keys.values()].filter(([id]) => timeOf(id) < cutoff);
    await this.#written(expired.map((key) => this.#remove(key)));
  }

  /** Null when there is none. */
  trace(id: string): Trace | null {
    const key = this.#keys.get(id);
    return key === undefined ? null : traceOf(this.#traces.get(key));
  }

  /** Newest first. */
  traces({ camera, outcome, limit }: TraceQuery): TraceSummary[] {
    return [...this.#keys.values()]
      .filter((key) => (outcome ?? key[1]) === key[1] && (camera ?? key[2]) === key[2])
      .sort(([a], [b]) => (a < b ? 1 : -1))
      .slice(0, limit)
      .flatMap((key) => traceOf(this.#traces.get(key)) ?? [])
      .map(summaryOf);
  }

  async close(): Promise<void> {
    this.#cancelExpiry();
    await this.#root.close();
  }

  #index(key: Key): void {
    const [id, outcome, camera] = key;
    this.#keys.set(id, key);
    if (outcome === 'event') return;
    const nothings = this.#nothings.get(camera) ?? new Set();
    this.#nothings.set(camera, nothings.add(id));
  }

  /** One at most, as one comes at a time. */
  #surplusNothings({ camera }: Trace): Key[] {
    const [oldest] = this.#nothings.get(camera) ?? [];
    const key = oldest === undefined ? undefined : this.#keys.get(oldest);
    const isFull = (this.#nothings.get(camera)?.size ?? 0) > this.#limits.nothings;
    return isFull && key !== undefined ? [key] : [];
  }

  #surplus(): Key[] {
    const [oldest] = this.#keys.values();
    return this.#keys.size > this.#limits.traces && oldest !== undefined ? [oldest] : [];
  }

  /** From memory at once, from disk when the promise resolves. */
  #remove(key: Key): Promise<boolean> {
    const [id, , camera] = key;
    this.#keys.delete(id);
    this.#nothings.get(camera)?.delete(id);
    return this.#traces.remove(key);
  }

  /** Those of one turn make one transaction. */
  async #written(writes: Promise<boolean>[]): Promise<void> {
    try {
      await Promise.all(writes);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const message = `cannot write the traces in ${this.#folder}: ${why}; check that the disk has room`;
      throw new AppError('store.write_failed', message, { folder: this.#folder }, error);
    }
  }
}

/** Null for what is not there, or was stored by a version that wrote traces in another form. */
function traceOf(value: unknown): Trace | null {
  const parsed = traceSchema.safeParse(value);
  return parsed.success ? parsed.data : null;
}

/** Unix seconds. */
function timeOf(id: string): number {
  return Number.parseInt(id.replaceAll('-', '').slice(0, TIME_DIGITS), 16) / MS_PER_S;
}
