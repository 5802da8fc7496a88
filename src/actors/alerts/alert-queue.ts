import type { AlertChange, Delivery, DeliveryOutcome } from '../../alerting/alert-record.js';
import type { AlertMessage } from '../../alerting/channel.js';
import { admit, isUrgent, nextOf, type Waiting } from '../../alerting/outbox.js';
import { AppError } from '../../errors.js';
import type { Alert } from '../../event.js';
import { MS_PER_S } from '../../units.js';
import { AlertSender, type AlertSenderOptions } from './alert-sender.js';
import { MAX_AGE_MS, SendPace } from './send-pace.js';

/** Messages of a channel at most. */
const MAX_WAITING = 1_000;

export interface AlertQueueOptions extends AlertSenderOptions {
  /** JPEG of the alert's worst event, or null. Never rejects. */
  snapshot: (alert: Alert) => Promise<Uint8Array | null>;
  random: () => number;
  /** Resolves when the change is durable, or could not be made so. Never rejects. */
  write: (change: Partial<AlertChange>) => Promise<void>;
  /** Hears of each attempt, `error` null when the receiver took the message. */
  onAttempt: (delivery: Delivery, error: AppError | null) => void;
  /** Hears of a message that is given up. */
  onGivenUp: (delivery: Delivery, outcome: DeliveryOutcome) => void;
  /** The receiver said that it is gone for good; nothing more is sent. */
  onGone: (error: AppError) => void;
}

export interface AlertQueueCounters {
  waiting: number;
  sent: number;
  failed: number;
  retried: number;
  /** Gave way to newer ones; they count as failed too. */
  dropped: number;
  /** Event states that its receiver was never told of; of MQTT only, which tells more than alerts. */
  eventsDropped: number;
}

/** The messages of one channel: one attempt at a time, tried again until the receiver has them or they are too old. */
export class AlertQueue {
  readonly #options: AlertQueueOptions;
  readonly #sender: AlertSender;
  #waiting: readonly Waiting[] = [];
  #isTrying = false;
  readonly #pace: SendPace;
  /** Its receiver is gone: nothing is sent until somebody enables it. */
  #isGone = false;
  #cancelTimer = (): void => undefined;
  #lastError: string | null = null;
  readonly #counters: Omit<AlertQueueCounters, 'waiting'>;

  /** Goes on with `deliveries`, and counts on from `counters`. */
  constructor(
    options: AlertQueueOptions,
    deliveries: readonly Delivery[],
    { sent, failed, retried, dropped, eventsDropped }: AlertQueueCounters,
  ) {
    this.#options = options;
    this.#counters = { sent, failed, retried, dropped, eventsDropped };
    this.#sender = new AlertSender(options);
    this.#pace = new SendPace(options.clock, options.random);
    const nowMs = options.clock.monotonicMs();
    for (const delivery of deliveries) {
      const ageMs = Math.max(0, this.#msSince(delivery.created_time));
      this.#waiting = [...this.#waiting, { delivery, createdMs: nowMs - ageMs }];
      if (delivery.not_before !== null) this.#pace.leaveAlone(-this.#msSince(delivery.not_before));
    }
    this.#lastError = this.#sender.openEarly()?.message ?? null;
    this.#continue();
  }

  get counters(): AlertQueueCounters {
    return {
      ...this.#counters,
      waiting: this.#waiting.length + (this.#isTrying ? 1 : 0),
      eventsDropped: this.#counters.eventsDropped + this.#sender.droppedEvents,
    };
  }

  /** Of the newest attempt; null when it succeeded. */
  get lastError(): string | null {
    return this.#lastError;
  }

  /** Takes a message that is durable. */
  add(delivery: Delivery): void {
    const item = { delivery, createdMs: this.#options.clock.monotonicMs() };
    const { waiting, gaveWay } = admit(this.#waiting, item, MAX_WAITING);
    this.#waiting = waiting;
    if (gaveWay !== null) {
      this.#counters.dropped += 1;
      void this.#giveUp(gaveWay.delivery, 'gave_way');
    }
    this.#continue();
  }

  /** Sends a message past the queue and its pauses, once. Throws what the channel throws. */
  async test(message: AlertMessage): Promise<void> {
    return this.#sender.inTurn(() => this.#sender.send(message));
  }

  /** Whether its receiver is gone; nothing is sent then. */
  setGone(isGone: boolean): void {
    this.#isGone = isGone;
    this.#continue();
  }

  /** Gives up all that waits. */
  async giveUpAll(reason: 'gone' | 'removed'): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    await Promise.all(waiting.map(({ delivery }) => this.#giveUp(delivery, reason)));
  }

  /** Breaks off the attempt under way, which counts for nothing, and closes the channel. Returns what still waits. */
  async close(): Promise<readonly Delivery[]> {
    this.#cancelTimer();
    await this.#sender.close();
    return this.#waiting.map(({ delivery }) => delivery);
  }

  /** Starts the next attempt, now or when it is time; to be called whenever something has changed. */
  #continue(): void {
    this.#cancelTimer();
    const item = nextOf(this.#waiting);
    if (item === undefined || this.#isTrying || this.#isGone || this.#sender.isEnding) return;
    const delayMs = this.#pace.delayMs(isUrgent(item));
    if (delayMs > 0) {
      this.#cancelTimer = this.#options.clock.after(delayMs, () => {
        this.#continue();
      });
      return;
    }
    this.#isTrying = true;
    this.#waiting = this.#waiting.filter((other) => other !== item);
    void this.#sender
      .inTurn(() => this.#try(item))
      .then(() => {
        this.#isTrying = false;
        this.#continue();
      });
  }

  async #try(item: Waiting): Promise<void> {
    const { delivery } = item;
    if (this.#isTooOld(item, 0)) return this.#giveUp(delivery, 'expired');
    try {
      await this.#sender.send(this.#messageOf(delivery));
    } catch (thrown) {
      if (this.#sender.isEnding) this.#waiting = [item, ...this.#waiting];
      else await this.#failed(item, AppError.from(thrown));
      return;
    }
    this.#lastError = null;
    this.#pace.succeeded();
    this.#counters.sent += 1;
    const attempts = delivery.attempts + 1;
    const sent_time = this.#options.clock.wallTime();
    this.#options.onAttempt({ ...delivery, attempts }, null);
    const outcome = { ...outcomeOf(delivery), status: 'sent', attempts, sent_time } as const;
    await this.#options.write({ outcomes: [{ alertId: delivery.alert_id, outcome }], done: [delivery.id] });
  }

  async #failed(item: Waiting, error: AppError): Promise<void> {
    const { clock, onAttempt, onGone, write } = this.#options;
    this.#lastError = error.message;
    const pauseMs = this.#pace.failed();
    const retryAfter = error.data['retry_after_s'];
    const aloneMs = typeof retryAfter === 'number' ? this.#pace.leaveAlone(retryAfter * MS_PER_S) : null;
    const delivery: Delivery = {
      ...item.delivery,
      attempts: item.delivery.attempts + 1,
      last_error: error.message,
      not_before: aloneMs === null ? null : clock.wallTime() + aloneMs / MS_PER_S,
    };
    onAttempt(delivery, error);
    if (error.code === 'alert.channel_gone') {
      this.#isGone = true;
      await this.#giveUp(delivery, 'gone');
      onGone(error);
      return;
    }
    if (this.#isTooOld(item, Math.max(pauseMs, aloneMs ?? 0))) return this.#giveUp(delivery, 'expired');
    this.#counters.retried += 1;
    this.#waiting = inOrder([...this.#waiting, { ...item, delivery }]);
    const outcome = { ...outcomeOf(delivery), status: 'pending' } as const;
    await write({ deliveries: [delivery], outcomes: [{ alertId: delivery.alert_id, outcome }] });
  }

  async #giveUp(delivery: Delivery, reason: 'expired' | 'gave_way' | 'gone' | 'removed'): Promise<void> {
    this.#counters.failed += 1;
    const outcome = { ...outcomeOf(delivery), status: 'failed', reason } as const;
    this.#options.onGivenUp(delivery, outcome);
    await this.#options.write({ outcomes: [{ alertId: delivery.alert_id, outcome }], done: [delivery.id] });
  }

  #isTooOld({ createdMs }: Waiting, inMs: number): boolean {
    return this.#options.clock.monotonicMs() + inMs - createdMs >= MAX_AGE_MS;
  }

  #msSince(wallTime: number): number {
    return (this.#options.clock.wallTime() - wallTime) * MS_PER_S;
  }

  #messageOf({ id, alert, held_back }: Delivery): AlertMessage {
    return { id, alert, heldBack: held_back, snapshot: () => this.#options.snapshot(alert) };
  }
}

/** As of a message that is on its way. */
function outcomeOf({ channel, attempts, last_error }: Delivery): DeliveryOutcome {
  return { channel, status: 'pending', reason: null, attempts, last_error, sent_time: null };
}

/** The oldest first, as what came back from an attempt has lost its place. */
function inOrder(waiting: readonly Waiting[]): readonly Waiting[] {
  return [...waiting].sort((a, b) => (a.delivery.id < b.delivery.id ? -1 : 1));
}
