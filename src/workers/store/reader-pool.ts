/** Connections that read beside the writer, shared so that no query can hold up the others for long. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Clock } from '../../clock.js';
import { AppError } from '../../errors.js';

export type ReadWeight = 'light' | 'heavy';

/** Of them all, those that heavy reads may hold: a light one never waits for heavy ones alone. */
const MAX_HEAVY = 2;
const MAX_WAITING = 64;

interface Waiting {
  weight: ReadWeight;
  begin: (connection: DuckDBConnection) => void;
  refuse: (error: AppError) => void;
}

/**
 * Runs as many reads at a time as there are connections; others wait, in their order but for heavy ones that must let
 * light ones pass. A connection sees what was committed when its statement began. The pool owns its connections.
 */
export class ReaderPool {
  readonly #clock: Clock;
  readonly #idle: DuckDBConnection[];
  readonly #busy = new Set<DuckDBConnection>();
  readonly #waiting: Waiting[] = [];
  #heavy = 0;
  #refused = 0;
  #cutOff = 0;
  #onIdle: (() => void) | null = null;
  #ended = false;

  constructor(connections: readonly DuckDBConnection[], clock: Clock) {
    this.#idle = [...connections];
    this.#clock = clock;
  }

  /** Reads refused because too many waited, and reads cut off at their deadline. */
  get counts(): { refused: number; cutOff: number } {
    return { refused: this.#refused, cutOff: this.#cutOff };
  }

  /**
   * Calls `read` with a connection that nothing else uses meanwhile. The deadline counts from now, the wait included.
   * Throws `store.overloaded` when too many wait, `store.deadline`, and what `read` throws.
   */
  async run<T>(
    weight: ReadWeight,
    deadlineMs: number,
    read: (connection: DuckDBConnection) => Promise<T>,
  ): Promise<T> {
    const late = new AbortController();
    const cancel = this.#clock.after(deadlineMs, () => {
      late.abort();
    });
    try {
      const connection = await this.#begin(weight, late.signal);
      late.signal.addEventListener('abort', () => {
        connection.interrupt();
      });
      return await read(connection).finally(() => {
        this.#release(connection, weight);
      });
    } catch (error) {
      if (!late.signal.aborted) throw error;
      this.#cutOff += 1;
      throw lateError(deadlineMs, error);
    } finally {
      cancel();
    }
  }

  /** Cuts off what runs, refuses what waits, and closes the connections once none is in use. */
  async end(): Promise<void> {
    this.#ended = true;
    for (const { refuse } of this.#waiting.splice(0)) refuse(closingError());
    for (const connection of this.#busy) connection.interrupt();
    if (this.#busy.size > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    for (const connection of this.#idle.splice(0)) connection.closeSync();
  }

  async #begin(weight: ReadWeight, late: AbortSignal): Promise<DuckDBConnection> {
    if (this.#ended) throw closingError();
    if (this.#waiting.length >= MAX_WAITING) {
      this.#refused += 1;
      throw new AppError('store.overloaded', `${MAX_WAITING} queries wait already; ask again in a moment`);
    }
    return new Promise((begin, refuse) => {
      const waiting: Waiting = { weight, begin, refuse };
      this.#waiting.push(waiting);
      late.addEventListener('abort', () => {
        const at = this.#waiting.indexOf(waiting);
        if (at >= 0) this.#waiting.splice(at, 1);
        refuse(closingError());
      });
      this.#beginNext();
    });
  }

  #beginNext(): void {
    while (this.#idle.length > 0) {
      const at = this.#waiting.findIndex(({ weight }) => weight === 'light' || this.#heavy < MAX_HEAVY);
      const next = at < 0 ? undefined : this.#waiting.splice(at, 1)[0];
      const connection = next && this.#idle.pop();
      if (next === undefined || connection === undefined) return;
      if (next.weight === 'heavy') this.#heavy += 1;
      this.#busy.add(connection);
      next.begin(connection);
    }
  }

  #release(connection: DuckDBConnection, weight: ReadWeight): void {
    if (weight === 'heavy') this.#heavy -= 1;
    this.#busy.delete(connection);
    this.#idle.push(connection);
    if (this.#busy.size === 0) this.#onIdle?.();
    if (!this.#ended) this.#beginNext();
  }
}

function lateError(deadlineMs: number, cause?: unknown): AppError {
  const message = `the query took more than ${deadlineMs / 1000} s: narrow it, by after and before for example`;
  return new AppError('store.deadline', message, { deadlineMs }, cause);
}

function closingError(): AppError {
  return new AppError('store.open_failed', 'the store is being closed, or opened again');
}
