import type { Clock } from '../../clock.js';
import { MS_PER_S, S_PER_DAY } from '../../units.js';
import { backoffDelayMs, type RestartPolicy } from '../kernel/restart-policy.js';

/** 5 s, doubling; with jitter half an hour at most. Messages are given up by age, not by count. */
const retryPolicy: RestartPolicy = {
  firstDelayMs: 5_000,
  maxDelayMs: 1_500_000,
  jitter: 0.2,
  maxFailures: Infinity,
  windowMs: Infinity,
};

/** A message older than this is given up, and a receiver's wish to be left alone holds no longer. */
export const MAX_AGE_MS = S_PER_DAY * MS_PER_S;

/** When the next message may be sent to a receiver. Times in milliseconds. */
export class SendPace {
  readonly #clock: Clock;
  readonly #random: () => number;
  /** Nothing is sent before: the receiver wants to be left alone. */
  #leftAloneUntilMs = 0;
  /** Nothing but what is urgent is sent before, after failures in a row. */
  #pausedUntilMs = 0;
  #failures = 0;

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** From now; 0 or less when it may be sent at once. */
  delayMs(isUrgent: boolean): number {
    return Math.max(isUrgent ? 0 : this.#pausedUntilMs, this.#leftAloneUntilMs) - this.#clock.monotonicMs();
  }

  succeeded(): void {
    this.#failures = 0;
    this.#pausedUntilMs = 0;
  }

  /** Returns how long the pause is. */
  failed(): number {
    this.#failures += 1;
    const pauseMs = backoffDelayMs(retryPolicy, this.#failures, this.#random());
    this.#pausedUntilMs = this.#clock.monotonicMs() + pauseMs;
    return pauseMs;
  }

  /** Leaves the receiver alone for as long as it wishes, a day at most, and returns for how long that is. */
  leaveAlone(wishMs: number): number {
    const aloneMs = Math.min(Math.max(wishMs, 0), MAX_AGE_MS);
    this.#leftAloneUntilMs = Math.max(this.#leftAloneUntilMs, this.#clock.monotonicMs() + aloneMs);
    return aloneMs;
  }
}
