import { AppError } from '../../errors.js';
import type { Trace } from '../../trace.js';

/** Traces that may be on their way to the store at once. */
const MAX_SAVING = 64;

/** Hands traces to the store, a bounded number at once. One that the store refuses is lost, and counted. */
export class TraceSaver {
  readonly #save: (trace: Trace) => Promise<void>;
  readonly #onFailure: (error: AppError) => void;
  readonly #saving = new Set<Promise<void>>();
  readonly #counts = { stored: 0, dropped: 0 };
  #failing = false;

  /** `onFailure` hears of the first of several failures in a row. */
  constructor(save: (trace: Trace) => Promise<void>, onFailure: (error: AppError) => void) {
    this.#save = save;
    this.#onFailure = onFailure;
  }

  get counts(): { stored: number; dropped: number } {
    return { ...this.#counts };
  }

  get isFull(): boolean {
    return this.#saving.size >= MAX_SAVING;
  }

  /** Resolves when the trace is stored or lost; one that comes when too many are on their way is lost. Never rejects. */
  async save(trace: Trace): Promise<void> {
    if (this.isFull) {
      this.#counts.dropped += 1;
      return;
    }
    const saving = this.#saveOrDrop(trace);
    this.#saving.add(saving);
    await saving;
    this.#saving.delete(saving);
  }

  /** Resolves when all that is on its way now has arrived, or is lost. */
  async settled(): Promise<void> {
    await Promise.all(this.#saving);
  }

  async #saveOrDrop(trace: Trace): Promise<void> {
    try {
      await this.#save(trace);
      this.#counts.stored += 1;
      this.#failing = false;
    } catch (thrown) {
      this.#counts.dropped += 1;
      if (!this.#failing) this.#onFailure(AppError.from(thrown));
      this.#failing = true;
    }
  }
}
