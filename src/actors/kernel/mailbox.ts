/** What to do with a message that finds the mailbox full. */
export type Overflow = 'dropOldest' | 'dropNewest' | 'latestOnly' | 'wait';

/** What became of an offered message: it is held, it pushed out an older one, it was dropped, or it has to wait. */
export type OfferOutcome = 'held' | 'displaced' | 'dropped' | 'full';

export interface MailboxOptions<M> {
  /** Messages held at most, at least 1. */
  capacity: number;
  /**
   * `latestOnly` keeps one message a key, the newest, in the place of the one it displaces; the others are in order
   * of arrival. `wait` refuses when full: use `put` to wait for room.
   */
  overflow: Overflow;
  /** What tells messages apart under `latestOnly`; without it all share one key. */
  keyOf?: (message: M) => unknown;
  /** Receives each message that is dropped or displaced, so that its owner can take back what it carried. */
  onDrop?: (message: M) => void;
}

export interface MailboxCounts {
  offered: number;
  taken: number;
  dropped: number;
  held: number;
}

/**
 * A bounded queue between one or more senders and one receiver in the same thread. Every message offered is
 * taken, dropped or held: `offered = taken + dropped + held`; a refused offer (`full`) does not count.
 */
export class Mailbox<M> {
  readonly #options: MailboxOptions<M>;
  /** Insertion order is queue order; under `latestOnly` the key makes a newer message take the older one's place. */
  readonly #held = new Map<unknown, M>();
  readonly #roomWaiters: (() => void)[] = [];
  readonly #messageWaiters: (() => void)[] = [];
  #offered = 0;
  #taken = 0;
  #dropped = 0;
  #arrivals = 0;
  #closed = false;

  constructor(options: MailboxOptions<M>) {
    if (!(options.capacity >= 1)) throw new RangeError('a mailbox holds at least one message');
    this.#options = options;
  }

  /** Never blocks and never throws; a closed mailbox drops. */
  offer(message: M): OfferOutcome {
    const { capacity, overflow } = this.#options;
    const key = this.#keyOf(message);
    const full = this.#held.size >= capacity;
    if (overflow === 'wait' && full && !this.#closed) return 'full';
    this.#offered += 1;
    if (this.#closed) return this.#drop(message);
    const displaced = this.#held.get(key);
    if (displaced !== undefined) {
      this.#held.set(key, message);
      this.#drop(displaced);
      return 'displaced';
    }
    if (!full) return this.#hold(key, message);
    if (overflow !== 'dropOldest') return this.#drop(message);
    for (const [oldestKey, oldest] of this.#held) {
      this.#held.delete(oldestKey);
      this.#drop(oldest);
      break;
    }
    this.#hold(key, message);
    return 'displaced';
  }

  /** Offers, and waits for room where the policy is `wait`. Resolves at once after `close`, the message dropped. */
  async put(message: M): Promise<OfferOutcome> {
    for (;;) {
      const outcome = this.offer(message);
      if (outcome !== 'full') return outcome;
      await new Promise<void>((resolve) => this.#roomWaiters.push(resolve));
    }
  }

  /** The oldest message, or undefined when none is held. */
  tryTake(): M | undefined {
    for (const [key, message] of this.#held) {
      this.#held.delete(key);
      this.#taken += 1;
      this.#roomWaiters.shift()?.();
      return message;
    }
    return undefined;
  }

  /** Waits for a message; undefined once the mailbox is closed and empty. */
  async take(): Promise<M | undefined> {
    for (;;) {
      const message = this.tryTake();
      if (message !== undefined || this.#closed) return message;
      await new Promise<void>((resolve) => this.#messageWaiters.push(resolve));
    }
  }

  /** Takes no more messages; what is held can still be taken. */
  close(): void {
    this.#closed = true;
    for (const wake of this.#roomWaiters.splice(0)) wake();
    for (const wake of this.#messageWaiters.splice(0)) wake();
  }

  get counts(): MailboxCounts {
    return { offered: this.#offered, taken: this.#taken, dropped: this.#dropped, held: this.#held.size };
  }

  #keyOf(message: M): unknown {
    this.#arrivals += 1;
    if (this.#options.overflow !== 'latestOnly') return this.#arrivals;
    return this.#options.keyOf === undefined ? 'only' : this.#options.keyOf(message);
  }

  #hold(key: unknown, message: M): OfferOutcome {
    this.#held.set(key, message);
    this.#messageWaiters.shift()?.();
    return 'held';
  }

  #drop(message: M): OfferOutcome {
    this.#dropped += 1;
    this.#options.onDrop?.(message);
    return 'dropped';
  }
}
