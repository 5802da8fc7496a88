import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.js';
import { AppError } from '../errors.js';

const LIFETIME_MS = 30_000;
const PENDING_MAX = 1_000;

/**
 * Single-use tickets for the WebSocket. A browser cannot send a token with an upgrade, and a token in a URL ends up in
 * logs; a ticket there is worthless after the first use.
 */
export class Tickets {
  readonly #clock: Clock;
  /** Ticket to the moment it expires, oldest first. */
  readonly #pending = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws `request.rate_limited` when too many wait to be used. */
  issue(): string {
    this.#forgetExpired();
    if (this.#pending.size >= PENDING_MAX) {
      throw new AppError('request.rate_limited', `${PENDING_MAX} tickets wait to be used; try again later`);
    }
    const ticket = randomBytes(32).toString('base64url');
    this.#pending.set(ticket, this.#clock.monotonicMs() + LIFETIME_MS);
    return ticket;
  }

  redeem(ticket: string): boolean {
    this.#forgetExpired();
    return this.#pending.delete(ticket);
  }

  #forgetExpired(): void {
    const now = this.#clock.monotonicMs();
    for (const [ticket, expiresMs] of this.#pending) {
      if (expiresMs > now) return;
      this.#pending.delete(ticket);
    }
  }
}
