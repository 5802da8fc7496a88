import type { AlertMessage, Channel } from '../../alerting/channel.js';
import type { Clock } from '../../clock.js';
import { AppError } from '../../errors.js';

export interface AlertSenderOptions {
  timeoutMs: number;
  /** Throws when the channel cannot be opened; tried again with the next message. */
  open: () => Channel;
  clock: Clock;
}

/** One channel: opened when it is needed, asked by one at a time, and never for longer than an attempt may last. */
export class AlertSender {
  readonly #options: AlertSenderOptions;
  readonly #ending = new AbortController();
  #channel: Channel | null = null;
  /** The turn under way, and those that wait for theirs. */
  #turns = Promise.resolve();

  constructor(options: AlertSenderOptions) {
    this.#options = options;
  }

  get isEnding(): boolean {
    return this.#ending.signal.aborted;
  }

  /** Event states that the receiver was never told of. */
  get droppedEvents(): number {
    return this.#channel?.droppedEvents?.() ?? 0;
  }

  /** What keeps a connection has it from the start. Returns why it could not be opened; null when it was. */
  openEarly(): AppError | null {
    try {
      this.#channel = this.#options.open();
      return null;
    } catch (thrown) {
      return AppError.from(thrown);
    }
  }

  /** Runs what sends, once it is its turn. Throws what it throws. */
  async inTurn<T>(run: () => Promise<T>): Promise<T> {
    const done = this.#turns.then(run);
    this.#turns = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }

  /** To be called in turn. Throws what the channel throws, soon after the deadline at the latest. */
  async send(message: AlertMessage): Promise<void> {
    const { clock, open, timeoutMs } = this.#options;
    const enough = new AbortController();
    const signal = AbortSignal.any([enough.signal, this.#ending.signal]);
    const cancel = clock.after(timeoutMs, () => {
      enough.abort();
    });
    try {
      this.#channel ??= open();
      await this.#channel.send(message, signal);
    } finally {
      cancel();
    }
  }

  /** Breaks off what is being sent, and closes the channel after all turns. */
  async close(): Promise<void> {
    this.#ending.abort();
    await this.#turns;
    await this.#channel?.close().catch(() => undefined);
  }
}
