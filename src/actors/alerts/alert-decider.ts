import {
  alertedEvent,
  decideAlert,
  initialAlertState,
  releaseDigest,
  type AlertDecision,
  type Moment,
} from '../../alerting/alert-core.js';
import type { SavedAlertBook } from '../../alerting/alert-record.js';
import type { AlertsConfig } from '../../alerting/alerts-config.js';
import { momentOf } from '../../alerting/moment.js';
import { initialRoutingState, memoryOf, withChannel, type RoutingState } from '../../alerting/routing.js';
import { restoreAlerts, saveAlerts, type AlertMemory } from '../../alerting/saved-alerts.js';
import { notice, suppressed, tell } from '../../alerting/tell.js';
import type { Clock } from '../../clock.js';
import { AppError } from '../../errors.js';
import type { Alert, AnomalyEvent } from '../../event.js';
import { MS_PER_S } from '../../units.js';
import { spawnActor, type Actor } from '../kernel/actor.js';
import type { AlertBook } from './alert-book.js';
import type { AlertDeliveries } from './alert-deliveries.js';
import type { Child } from '../kernel/supervisor.js';
import { links } from '../kernel/topology.js';

export interface AlertDeciderOptions {
  config: AlertsConfig;
  clock: Clock;
  book: AlertBook;
  deliveries: AlertDeliveries;
  /** What people call a camera. */
  nameOf: (camera: string) => string;
  /** Tells those who follow the product itself. */
  deliver: (alert: Alert) => void;
  onDecision: (event: AnomalyEvent, decision: AlertDecision) => void;
}

type RoutingChange = (routing: RoutingState, moment: Moment) => RoutingState;

type Message =
  | { type: 'event'; event: AnomalyEvent }
  | { type: 'digestDue' }
  | { type: 'gone'; channel: string; error: AppError }
  | { type: 'routing'; change: RoutingChange; done: () => void }
  | { type: 'configure'; config: AlertsConfig; done: () => void };

const initialMemory: AlertMemory = { decisions: initialAlertState, routing: initialRoutingState };

/**
 * Decides which events people hear of and over which channels, one message at a time. What is decided is durable before
 * anything is sent, so that a crash in between sends it once more instead of never.
 */
export class AlertDecider {
  readonly #options: AlertDeciderOptions;
  #config: AlertsConfig;
  #actor: Actor<Message> | null = null;
  /** As of the last message that was dealt with. */
  #memory = initialMemory;
  #cancelDigest = (): void => undefined;

  constructor(options: AlertDeciderOptions) {
    this.#options = options;
    this.#config = options.config;
  }

  get config(): AlertsConfig {
    return this.#config;
  }

  /** Which channels and cameras are snoozed, disabled or muted. */
  get routing(): RoutingState {
    return this.#memory.routing;
  }

  /** Takes up what the last run left; its messages go on over the channels of the configuration. */
  async start({ state, deliveries }: SavedAlertBook): Promise<Child> {
    const restored = restoreAlerts(state, this.#now(), this.#config.digest_s * MS_PER_S) ?? initialMemory;
    await this.#options.deliveries.configure(this.#config, deliveries);
    this.#memory = { ...restored, routing: this.#reconciled(restored.routing) };
    const actor = spawnActor<AlertMemory, Message>({
      name: 'alerts',
      mailbox: links.alerts,
      initial: this.#memory,
      receive: async (memory, message) => {
        this.#memory = await this.#receive(memory, message);
        this.#scheduleDigest();
        return this.#memory;
      },
    });
    this.#actor = actor;
    this.#scheduleDigest();
    const stop = async (): Promise<void> => {
      this.#cancelDigest();
      await actor.stop();
    };
    return { exited: actor.exited, stop };
  }

  /** Takes a durable event that is new or became more severe. */
  async consider(event: AnomalyEvent): Promise<void> {
    await this.#actor?.put({ type: 'event', event });
  }

  /** The receiver of a channel said that it is gone for good. */
  gone(channel: string, error: AppError): void {
    void this.#actor?.put({ type: 'gone', channel, error });
  }

  /** Resolves when the configuration is in force. Throws `service.failed`. */
  async reconfigure(config: AlertsConfig): Promise<void> {
    await this.#ask((done) => ({ type: 'configure', config, done }));
  }

  /** Resolves when the change is in force and durable. Throws `service.failed`. */
  async changeRouting(change: RoutingChange): Promise<void> {
    await this.#ask((done) => ({ type: 'routing', change, done }));
  }

  async #receive(memory: AlertMemory, message: Message): Promise<AlertMemory> {
    const moment = this.#now();
    switch (message.type) {
      case 'event':
        return this.#decide(memory, message.event, moment);
      case 'digestDue': {
        const { state: decisions, alert } = releaseDigest(memory.decisions, moment);
        return alert === null ? memory : this.#tell({ ...memory, decisions }, alert, moment);
      }
      case 'gone':
        return this.#disable(memory, message.channel, message.error, moment);
      case 'routing': {
        const next = { ...memory, routing: message.change(memory.routing, moment) };
        this.#memory = next;
        await this.#save(next, moment);
        message.done();
        return next;
      }
      case 'configure': {
        this.#config = message.config;
        await this.#options.deliveries.configure(message.config);
        const next = { ...memory, routing: this.#reconciled(memory.routing) };
        await this.#save(next, moment);
        message.done();
        return next;
      }
    }
  }

  async #decide(memory: AlertMemory, event: AnomalyEvent, moment: Moment): Promise<AlertMemory> {
    const { nameOf, onDecision, book } = this.#options;
    const { dedup_s, digest_s, rules } = this.#config;
    const policy = { dedupMs: dedup_s * MS_PER_S, digestMs: digest_s * MS_PER_S, rules };
    const alerted = alertedEvent(event, nameOf(event.camera));
    const { state: decisions, decision } = decideAlert(memory.decisions, alerted, policy, moment);
    onDecision(event, decision);
    const next = { ...memory, decisions };
    switch (decision.type) {
      case 'immediate':
        return this.#tell(next, decision.alert, moment);
      case 'digested':
        await this.#save(next, moment);
        return next;
      case 'suppressed':
        book.note({ records: [suppressed(alerted, decision.why, moment)] });
        return memory;
    }
  }

  async #tell(memory: AlertMemory, alert: Alert, moment: Moment): Promise<AlertMemory> {
    const { deliveries: channels, book, deliver } = this.#options;
    const policies = [...channels.running].map(([name, { config }]) => [name, config] as const);
    const { routing, record, deliveries } = tell(memory.routing, alert, policies, moment);
    const next = { ...memory, routing };
    await book.write({ state: saveAlerts(next, moment), records: [record], deliveries });
    deliver(alert);
    channels.take(deliveries, record);
    return next;
  }

  /** The others are told that a channel's receiver is gone, once. */
  async #disable(
    memory: AlertMemory,
    channel: string,
    error: AppError,
    moment: Moment,
  ): Promise<AlertMemory> {
    const running = this.#options.deliveries.running.get(channel);
    const before = memoryOf(memory.routing, channel);
    if (running === undefined || before.disabled !== null) return memory;
    const { fingerprint, queue } = running;
    const disabled = { reason: error.message, time: moment.wallTime, fingerprint };
    const routing = withChannel(memory.routing, channel, { ...before, disabled });
    const text =
      `The alert channel ${channel} is disabled: ${error.message}. ` +
      'Change its configuration, or enable it again once its receiver is back.';
    const next = await this.#tell({ ...memory, routing }, notice('notice', text, moment), moment);
    await queue.giveUpAll('gone');
    return next;
  }

  /** Forgets channels that are gone, and lets those be tried again whose configuration has changed. */
  #reconciled(routing: RoutingState): RoutingState {
    const channels = new Map<string, ReturnType<typeof memoryOf>>();
    for (const name of Object.keys(this.#config.channels)) {
      const memory = memoryOf(routing, name);
      const running = this.#options.deliveries.running.get(name);
      const isAsBefore = running === undefined || memory.disabled?.fingerprint === running.fingerprint;
      const disabled = isAsBefore ? memory.disabled : null;
      running?.queue.setGone(disabled !== null);
      channels.set(name, { ...memory, disabled });
    }
    return { ...routing, channels };
  }

  /** Resolves when the message has been dealt with. Throws `service.failed` when nobody will. */
  async #ask(message: (done: () => void) => Message): Promise<void> {
    const actor = this.#actor;
    if (actor === null) throw new AppError('service.failed', 'the alerts are not running yet');
    const ended = actor.exited.then(() => {
      throw new AppError('service.failed', 'the alerts have stopped; try again in a moment');
    });
    const dealtWith = new Promise<void>((done) => void actor.put(message(done)));
    await Promise.race([dealtWith, ended]);
  }

  async #save(memory: AlertMemory, moment: Moment): Promise<void> {
    await this.#options.book.write({ state: saveAlerts(memory, moment) });
  }

  #scheduleDigest(): void {
    this.#cancelDigest();
    const { digest } = this.#memory.decisions;
    if (digest === null) return;
    const { clock } = this.#options;
    const delayMs = Math.max(0, digest.dueMs - clock.monotonicMs());
    this.#cancelDigest = clock.after(delayMs, () => this.#actor?.cast({ type: 'digestDue' }));
  }

  #now(): Moment {
    return momentOf(this.#options.clock);
  }
}
