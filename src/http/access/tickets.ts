import { randomBytes } from 'node:crypto';
import type { Admission } from '../../access/access.js';
import type { Clock } from '../../clock.js';
import { AppError } from '../../errors.js';

const LIFETIME_MS = 30_000;
const PENDING_MAX = 1_000;
/** So that one caller cannot take them all. */
const PENDING_PER_CALLER_MAX = 100;

/**
 * Single-use tickets for the WebSocket. A browser cannot send a token with an upgrade, and a token in a URL ends up in
 * logs; a ticket there is worthless after the first use. It lets in whoever asked for it, as long as that may come in.
 */
export class Tickets {
  readonly #clock: Clock;
  /** Oldest first. */
  readonly #pending = new Map<string, { admission: Admission; expiresMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws `request.rate_limited` when too many wait to be used. */
  issue(admission: Admission): string {
    this.#forgetExpired();
    const own = [...this.#pending.values()].filter((pending) => pending.admission === admission).length;
    if (own >= PENDING_PER_CALLER_MAX || this.#pending.size >= PENDING_MAX)
      throw new AppError('request.rate_limited', 'too many tickets wait to be used; try again in 30 s');
    const ticket = randomBytes(32).toString('base64url');
    this.#pending.set(ticket, { admission, expiresMs: this.#clock.monotonicMs() + LIFETIME_MS });
    return ticket;
  }

  /** Null for a ticket that is not known, was used, or came too late. */
  redeem(ticket: string): Admission | null {
    this.#forgetExpired();
    const admission = this.#pending.get(ticket)?.admission;
    this.#pending.delete(ticket);
    return admission === undefined || admission.ended.aborted ? null : admission;
  }

  #forgetExpired(): void {
    const now = this.#clock.monotonicMs();
    for (const [ticket, { expiresMs }] of this.#pending) {
      if (expiresMs > now) return;
      this.#pending.delete(ticket);
    }
  }
}
