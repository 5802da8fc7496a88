import type { AlertChange } from '../../alerting/alert-record.js';
import type { Clock } from '../../clock.js';
import { AppError } from '../../errors.js';

/** Milliseconds for which a note waits for something to go along with, and a failed write for another attempt. */
const NOTE_MS = 1_000;
const RETRY_MS = 5_000;
/** Records, messages and outcomes, each, that wait for the disk at most; the oldest are given up, counted. */
const MAX_UNWRITTEN = 1_000;

const nothing: AlertChange = { records: [], deliveries: [], outcomes: [], done: [] };

export interface AlertBookOptions {
  clock: Clock;
  /** Resolves when the change is durable. */
  commit: (change: AlertChange) => Promise<void>;
  onFailure: (error: AppError) => void;
}

/**
 * Writes what happens to alerts, one transaction at a time: what comes meanwhile goes together into the next. What the
 * disk refuses goes along with the next write.
 */
export class AlertBook {
  readonly #options: AlertBookOptions;
  #unwritten: AlertChange = nothing;
  #writing = Promise.resolve();
  #timer: (() => void) | null = null;
  #lost = 0;

  constructor(options: AlertBookOptions) {
    this.#options = options;
  }

  /** What the disk refused for so long that it was given up. */
  get lost(): number {
    return this.#lost;
  }

  /** Resolves when the change is durable, or could not be made so: people are told all the same. Never rejects. */
  write(change: Partial<AlertChange>): Promise<void> {
    this.#unwritten = merged(this.#unwritten, change);
    this.#writing = this.#writing.then(() => this.#writeNow());
    return this.#writing;
  }

  /** Written with whatever comes next, a second later at most. */
  note(change: Partial<AlertChange>): void {
    this.#unwritten = merged(this.#unwritten, change);
    this.#bound();
    this.#writeAfter(NOTE_MS);
  }

  /** Writes what waits. */
  async close(): Promise<void> {
    await this.write({});
    this.#timer?.();
  }

  async #writeNow(): Promise<void> {
    const change = this.#unwritten;
    if (isNothing(change)) return;
    this.#unwritten = nothing;
    try {
      await this.#options.commit(change);
    } catch (thrown) {
      this.#unwritten = merged(change, this.#unwritten);
      this.#bound();
      this.#options.onFailure(AppError.from(thrown));
      this.#writeAfter(RETRY_MS);
    }
  }

  #writeAfter(delayMs: number): void {
    this.#timer ??= this.#options.clock.after(delayMs, () => {
      this.#timer = null;
      void this.write({});
    });
  }

  #bound(): void {
    const { records, deliveries, outcomes } = this.#unwritten;
    const surplus = [records, deliveries, outcomes].map(({ length }) => Math.max(0, length - MAX_UNWRITTEN));
    this.#lost += surplus.reduce((sum, count) => sum + count, 0);
    this.#unwritten = {
      ...this.#unwritten,
      records: records.slice(-MAX_UNWRITTEN),
      deliveries: deliveries.slice(-MAX_UNWRITTEN),
      outcomes: outcomes.slice(-MAX_UNWRITTEN),
    };
  }
}

function merged(before: AlertChange, after: Partial<AlertChange>): AlertChange {
  return {
    state: after.state ?? before.state,
    records: [...before.records, ...(after.records ?? [])],
    deliveries: [...before.deliveries, ...(after.deliveries ?? [])],
    outcomes: [...before.outcomes, ...(after.outcomes ?? [])],
    done: [...before.done, ...(after.done ?? [])],
  };
}

function isNothing({ state, records, deliveries, outcomes, done }: AlertChange): boolean {
  return state === undefined && [records, deliveries, outcomes, done].every(({ length }) => length === 0);
}
