import { createHash } from 'node:crypto';
import type { AlertChange, AlertRecord, Delivery, DeliveryOutcome } from '../../alerting/alert-record.js';
import type { Channel } from '../../alerting/channel.js';
import type { AlertsConfig } from '../../alerting/alerts-config.js';
import type { ChannelConfig } from '../../alerting/channel-config.js';
import type { Clock } from '../../clock.js';
import type { AppError } from '../../errors.js';
import type { Alert } from '../../event.js';
import { worstEvent } from '../../alerting/narrow-alert.js';
import { MS_PER_S } from '../../units.js';
import { AlertQueue, type AlertQueueCounters } from './alert-queue.js';

/** Hexadecimal digits: enough to tell configurations apart, too few to guess a secret by. */
const FINGERPRINT_DIGITS = 8;

const noneYet: AlertQueueCounters = {
  waiting: 0,
  sent: 0,
  failed: 0,
  retried: 0,
  dropped: 0,
  eventsDropped: 0,
};

export interface AlertDeliveriesOptions {
  clock: Clock;
  random: () => number;
  /** Opens a channel to whatever `allowTargets` lets it reach. */
  open: (name: string, config: ChannelConfig, allowTargets: readonly string[]) => Channel;
  /** The event's JPEG, or null when it has none. */
  snapshot: (eventId: string) => Promise<Uint8Array | null>;
  /** Resolves when the change is durable, or could not be made so. Never rejects. */
  write: (change: Partial<AlertChange>) => Promise<void>;
  onAttempt: (delivery: Delivery, error: AppError | null) => void;
  onGivenUp: (delivery: Delivery, outcome: DeliveryOutcome) => void;
  onGone: (channel: string, error: AppError) => void;
}

export type HeldBackCounts = Partial<Record<NonNullable<DeliveryOutcome['reason']>, number>>;

/** Of one channel, since the service started. */
export interface AlertCounters extends AlertQueueCounters {
  heldBack: HeldBackCounts;
}

export interface RunningChannel {
  config: ChannelConfig;
  /** Of its configuration. */
  fingerprint: string;
  queue: AlertQueue;
}

/** The queues of the channels that are switched on. One that is slow or dead delays no other. */
export class AlertDeliveries {
  readonly #options: AlertDeliveriesOptions;
  #running = new Map<string, RunningChannel>();
  readonly #heldBack = new Map<string, HeldBackCounts>();
  /** By channels that are gone. */
  #eventsDroppedBefore = 0;

  constructor(options: AlertDeliveriesOptions) {
    this.#options = options;
  }

  get running(): ReadonlyMap<string, RunningChannel> {
    return this.#running;
  }

  /** By channel that is switched on. */
  counters(): Record<string, AlertCounters> {
    return Object.fromEntries(
      [...this.#running].map(([name, { queue }]) => [
        name,
        { ...queue.counters, heldBack: this.heldBack(name) },
      ]),
    );
  }

  /** What a channel was not told, since the service started. */
  heldBack(channel: string): HeldBackCounts {
    return this.#heldBack.get(channel) ?? {};
  }

  /** Event states that channels never told of, those that are gone included. */
  get eventsDropped(): number {
    const counts = [...this.#running.values()].map(({ queue }) => queue.counters.eventsDropped);
    return counts.reduce((sum, count) => sum + count, this.#eventsDroppedBefore);
  }

  /**
   * Opens, closes and replaces channels so that they are those of the configuration. What waits for one that is replaced
   * goes on; what waits for one that is gone is given up. `saved` are messages of the last run.
   */
  async configure(config: AlertsConfig, saved: readonly Delivery[] = []): Promise<void> {
    const wanted = Object.entries(config.channels).filter(([, channel]) => channel.enabled);
    const names = new Set(wanted.map(([name]) => name));
    const removed = [...this.#running].filter(([name]) => !names.has(name));
    const orphans = saved.filter(({ channel }) => !names.has(channel));
    await Promise.all([
      ...removed.map(async ([name, { queue }]) => {
        this.#running.delete(name);
        this.#eventsDroppedBefore += queue.counters.eventsDropped;
        await queue.close();
        await queue.giveUpAll('removed');
      }),
      ...wanted.map(([name, channel]) => this.#bring(name, channel, config.allow_targets, saved)),
      this.#options.write({ done: orphans.map(({ id }) => id) }),
    ]);
  }

  /** Takes the messages of an alert, which are durable, and counts what its record says is held back. */
  take(messages: readonly Delivery[], { deliveries }: Pick<AlertRecord, 'deliveries'>): void {
    for (const { channel, status, reason } of deliveries)
      if (status === 'held_back' && reason !== null) this.#countHeldBack(channel, reason);
    for (const message of messages) this.#running.get(message.channel)?.queue.add(message);
  }

  /** What still waits stays durable. */
  async close(): Promise<void> {
    const queues = [...this.#running.values()].map(({ queue }) => queue);
    this.#eventsDroppedBefore = this.eventsDropped;
    this.#running = new Map();
    await Promise.all(queues.map((queue) => queue.close()));
  }

  async #bring(
    name: string,
    config: ChannelConfig,
    allowTargets: readonly string[],
    saved: readonly Delivery[],
  ): Promise<void> {
    const fingerprint = fingerprintOf([config, allowTargets]);
    const before = this.#running.get(name);
    if (before?.fingerprint === fingerprint) return;
    const waiting = (await before?.queue.close()) ?? saved.filter(({ channel }) => channel === name);
    const queue = this.#queue(name, config, allowTargets, waiting, before?.queue.counters ?? noneYet);
    this.#running.set(name, { config, fingerprint, queue });
  }

  #queue(
    name: string,
    config: ChannelConfig,
    allowTargets: readonly string[],
    waiting: readonly Delivery[],
    counters: AlertQueueCounters,
  ): AlertQueue {
    const { clock, random, open, write, onAttempt, onGivenUp, onGone } = this.#options;
    const options = {
      timeoutMs: config.timeout_s * MS_PER_S,
      open: () => open(name, config, allowTargets),
      snapshot: (alert: Alert) => this.#snapshot(alert),
      clock,
      random,
      write,
      onAttempt,
      onGivenUp,
      onGone: (error: AppError) => {
        onGone(name, error);
      },
    };
    return new AlertQueue(options, waiting, counters);
  }

  #countHeldBack(channel: string, reason: keyof HeldBackCounts): void {
    const counts = this.heldBack(channel);
    this.#heldBack.set(channel, { ...counts, [reason]: (counts[reason] ?? 0) + 1 });
  }

  async #snapshot({ events }: Alert): Promise<Uint8Array | null> {
    const worst = worstEvent(events.filter(({ has_snapshot }) => has_snapshot));
    // A message without its picture is better than none.
    return worst === undefined ? null : this.#options.snapshot(worst.id).catch(() => null);
  }
}

function fingerprintOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, FINGERPRINT_DIGITS);
}
