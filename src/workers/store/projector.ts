/** Decides when the journal's news go to the projection. */
import { wait, type Clock } from '../../clock.js';
import { AppError } from '../../errors.js';
import type { AnomalyEvent } from '../../event.js';
import { flushBoundsMs, type StoreStats } from '../../store-api.js';
import type { Journal } from './journal.js';
import type { Projection } from './projection.js';

export interface BatchLimits {
  /** Event states that wait until they are projected at once. */
  batchSize: number;
  /** Milliseconds after which the oldest waiting state is projected, however few wait. */
  batchMs: number;
}

export type ProjectorStats = Pick<StoreStats, 'flushes' | 'flushMs' | 'flushCounts' | 'flushFailures'>;

const ROWS_PER_TRANSACTION = 1000;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 10_000;
/** Reads that want to see the latest share a flush: it does not come sooner than this after the one before. */
const FORCED_FLUSH_GAP_MS = 25;

/**
 * Keeps the projection close behind the journal. What waits is not held here: it is read from the journal, so a long
 * outage of DuckDB costs no memory. One flush runs at a time. A failed one is tried
 * again with growing pauses; as the projection is opened anew, it goes on from what really was committed.
 */
export class Projector {
  readonly #journal: Journal;
  readonly #projection: Projection;
  readonly #clock: Clock;
  readonly #limits: BatchLimits;
  #running: Promise<void> | null = null;
  /** Cancels the flush that is due later, if any. */
  #cancelDue: (() => void) | null = null;
  #failure: AppError | null = null;
  #failuresInARow = 0;
  #flushes = 0;
  #flushMs = 0;
  readonly #flushCounts: number[] = [...flushBoundsMs, Infinity].map(() => 0);
  #flushFailures = 0;
  #stopped = false;
  #flushedMs = Number.NEGATIVE_INFINITY;
  /** The flush that reads wait for before it begins. */
  #shared: Promise<void> | null = null;

  constructor(journal: Journal, projection: Projection, clock: Clock, limits: BatchLimits) {
    this.#journal = journal;
    this.#projection = projection;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Since the start. */
  get stats(): ProjectorStats {
    return {
      flushes: this.#flushes,
      flushMs: this.#flushMs,
      flushCounts: [...this.#flushCounts],
      flushFailures: this.#flushFailures,
    };
  }

  /** To be called after every append; an urgent one does not wait for others. */
  appended(urgent: boolean): void {
    if (urgent && this.#failure === null) this.#flushUnattended();
    else this.#schedule();
  }

  /** Resolves when all that was appended before is projected. While flushes fail, throws at once why. */
  async settled(): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    const target = this.#journal.lastSeq;
    while (this.#projection.lastSeq < target) {
      // A flush now would open the file again.
      if (this.#stopped) throw new AppError('store.open_failed', 'the store is being closed');
      await (this.#running ?? this.#sharedFlush());
    }
  }

  /**
   * The states that are not projected yet, if they are at most `limit`; else none, once they are. Throws as
   * {@link Projector.settled} does.
   */
  async unprojected(limit: number): Promise<AnomalyEvent[]> {
    if (this.#failure !== null) throw this.#failure;
    if (this.#waiting > limit) await this.settled();
    return this.#journal.readAfter(this.#projection.lastSeq, limit).records.map(({ event }) => event);
  }

  /** Projects all that waits when it begins, or the one under way began. Throws `store.locked` or `store.open_failed`. */
  flush(): Promise<void> {
    this.#cancelDue?.();
    this.#cancelDue = null;
    this.#running ??= this.#drain().finally(() => {
      this.#running = null;
      this.#schedule();
    });
    return this.#running;
  }

  /** Projects what still waits if it can be done now; the journal keeps it otherwise. Nothing runs afterwards. */
  async stop(): Promise<void> {
    this.#stopped = true;
    // The one under way may have begun before the last states came.
    await this.flush().catch(() => undefined);
    if (this.#failure === null && this.#waiting > 0) await this.flush().catch(() => undefined);
  }

  /** One for all who ask until it begins. */
  #sharedFlush(): Promise<void> {
    const restMs = FORCED_FLUSH_GAP_MS - (this.#clock.monotonicMs() - this.#flushedMs);
    if (restMs <= 0) return this.flush();
    this.#shared ??= wait(this.#clock, restMs).then(() => {
      this.#shared = null;
      return this.#stopped ? undefined : this.flush();
    });
    return this.#shared;
  }

  get #waiting(): number {
    return this.#journal.lastSeq - this.#projection.lastSeq;
  }

  async #drain(): Promise<void> {
    try {
      await this.#projection.open();
      // Not for ever: under load, there is always another one.
      const target = this.#journal.lastSeq;
      while (this.#projection.lastSeq < target) {
        const startedMs = this.#clock.monotonicMs();
        await this.#projection.write(this.#journal.readAfter(this.#projection.lastSeq, ROWS_PER_TRANSACTION));
        this.#flushedMs = this.#clock.monotonicMs();
        this.#flushed(this.#flushedMs - startedMs);
      }
      this.#failure = null;
      this.#failuresInARow = 0;
    } catch (error) {
      this.#failure = AppError.from(error);
      this.#failuresInARow += 1;
      this.#flushFailures += 1;
      throw this.#failure;
    }
  }

  #flushed(tookMs: number): void {
    this.#flushes += 1;
    this.#flushMs += tookMs;
    const place = [...flushBoundsMs, Infinity].findIndex((boundMs) => tookMs <= boundMs);
    this.#flushCounts[place] = (this.#flushCounts[place] ?? 0) + 1;
  }

  /** Arranges the next flush, unless one runs or is due: later calls must not put off what the first one set. */
  #schedule(): void {
    if (this.#stopped || this.#running !== null) return;
    if (this.#failure !== null) this.#flushAfter(this.#retryMs());
    else if (this.#waiting >= this.#limits.batchSize) this.#flushUnattended();
    else if (this.#waiting > 0) this.#flushAfter(this.#limits.batchMs);
  }

  #flushAfter(delayMs: number): void {
    this.#cancelDue ??= this.#clock.after(delayMs, () => {
      this.#flushUnattended();
    });
  }

  #flushUnattended(): void {
    // A failure is kept and counted, and the next flush is due: nobody waits for this one.
    this.flush().catch(() => undefined);
  }

  #retryMs(): number {
    return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (this.#failuresInARow - 1));
  }
}
