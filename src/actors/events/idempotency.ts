import type { Clock } from '../../clock.js';
import { AppError } from '../../errors.js';
import { MS_PER_S, S_PER_DAY } from '../../units.js';

const KEYS_MAX = 1_000;
const REMEMBERED_MS = S_PER_DAY * MS_PER_S;

interface Made<T> {
  request: string;
  result: Promise<T>;
  expiresMs: number;
}

/**
 * Requests that their clients name with a key, so that one sent twice is done once. Of the newest 1,000 keys the result
 * is remembered, for a day and no longer than the process lives.
 */
export class Idempotency<T> {
  readonly #clock: Clock;
  /** Oldest first. */
  readonly #made = new Map<string, Made<T>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * What `make` gave when the key came first; a failure is forgotten.
   * @param request what was asked, word for word. Throws `request.key_reused` when it differs from the first time.
   */
  once(key: string, request: string, make: () => Promise<T>): Promise<T> {
    this.#forgetExpired();
    const known = this.#made.get(key);
    if (known === undefined) return this.#make(key, request, make);
    if (known.request === request) return known.result;
    throw new AppError(
      'request.key_reused',
      'this Idempotency-Key came with another request before; use a new one',
    );
  }

  #make(key: string, request: string, make: () => Promise<T>): Promise<T> {
    const result = make();
    const made = { request, result, expiresMs: this.#clock.monotonicMs() + REMEMBERED_MS };
    this.#made.set(key, made);
    const [oldest] = this.#made.keys();
    if (this.#made.size > KEYS_MAX && oldest !== undefined) this.#made.delete(oldest);
    result.catch(() => {
      if (this.#made.get(key) === made) this.#made.delete(key);
    });
    return result;
  }

  #forgetExpired(): void {
    const now = this.#clock.monotonicMs();
    for (const [key, { expiresMs }] of this.#made) {
      if (expiresMs > now) return;
      this.#made.delete(key);
    }
  }
}
