/** Decides when the journal's news go to the projection. */
import type { Clock } from '../clock.js';
import { AppError } from '../errors.js';
import type { Journal } from './journal.js';
import type { Projection } from './projection.js';

export interface BatchLimits {
  /** Event states that wait until they are projected at once. */
  batchSize: number;
  /** Milliseconds after which the oldest waiting state is projected, however few wait. */
  batchMs: number;
}

const ROWS_PER_TRANSACTION = 1000;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 10_000;

/**
 * Keeps the projection close behind the journal. What waits is not held here: it is read from the journal, so a long
 * outage of DuckDB costs no memory. One flush runs at a time, and it ends when nothing waits. A failed one is tried
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
  #flushFailures = 0;
  #stopped = false;

  constructor(journal: Journal, projection: Projection, clock: Clock, limits: BatchLimits) {
    this.#journal = journal;
    this.#projection = projection;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Transactions committed since the start. */
  get flushes(): number {
    return this.#flushes;
  }

  /** Milliseconds that they took together. */
  get flushMs(): number {
    return this.#flushMs;
  }

  get flushFailures(): number {
    return this.#flushFailures;
  }

  /** To be called after every append; an urgent one does not wait for others. */
  appended(urgent: boolean): void {
    if (urgent && this.#failure === null) this.#flushUnattended();
    else this.#schedule();
  }

  /** Resolves when all that was appended before is projected. While flushes fail, throws at once why. */
  async settled(): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    await this.flush();
  }

  /** Projects all that waits. Throws `store.locked` or `store.open_failed`. */
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
    await this.flush().catch(() => undefined);
  }

  get #waiting(): number {
    return this.#journal.lastSeq - this.#projection.lastSeq;
  }

  async #drain(): Promise<void> {
    try {
      await this.#projection.open();
      while (this.#waiting > 0) {
        const startedMs = this.#clock.monotonicMs();
        await this.#projection.write(this.#journal.readAfter(this.#projection.lastSeq, ROWS_PER_TRANSACTION));
        this.#flushMs += this.#clock.monotonicMs() - startedMs;
        this.#flushes += 1;
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
