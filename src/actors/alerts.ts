import { v7 as uuid } from 'uuid';
import type {
  AlertChange,
  AlertPage,
  AlertQuery,
  AlertRecord,
  SavedAlertBook,
} from '../alerting/alert-record.js';
import type { AlertDesk, ChannelState, MuteState } from '../alerting/alert-desk.js';
import {
  alertedEvent,
  decideAlert,
  initialAlertState,
  releaseDigest,
  type AlertDecision,
  type Moment,
} from '../alerting/alert-core.js';
import { initialRoutingState, memoryOf, mute, withChannel, type RoutingState } from '../alerting/routing.js';
import { restoreAlerts, saveAlerts, type AlertMemory } from '../alerting/saved-alerts.js';
import { notice, suppressed, tell } from '../alerting/tell.js';
import type { AlertsConfig } from '../alerting/alerts-config.js';
import type { Clock } from '../clock.js';
import { AppError } from '../errors.js';
import type { Alert, AnomalyEvent } from '../event.js';
import { MS_PER_S, S_PER_MINUTE } from '../units.js';
import { spawnActor, type Actor } from './actor.js';
import { AlertBook } from './alert-book.js';
import { AlertDeliveries, type AlertDeliveriesOptions, type RunningChannel } from './alert-deliveries.js';
import type { AlertQueueCounters } from './alert-queue.js';
import { channelState, muteState, type HeldBackCounts } from './alert-views.js';
import type { Child } from './supervisor.js';
import { links } from './topology.js';

export interface AlertsOptions extends Pick<
  AlertDeliveriesOptions,
  'clock' | 'random' | 'open' | 'snapshot' | 'onAttempt' | 'onGivenUp'
> {
  config: AlertsConfig;
  /** What the last run left. */
  load: () => Promise<SavedAlertBook>;
  /** Resolves when all of the change is durable. */
  commit: (change: AlertChange) => Promise<void>;
  list: (query: AlertQuery) => Promise<AlertPage>;
  get: (id: string) => Promise<AlertRecord | null>;
  /** What people call a camera. */
  nameOf: (camera: string) => string;
  /** Tells those who follow the product itself. */
  deliver: (alert: Alert) => void;
  onSaveFailure: (error: AppError) => void;
  onDecision: (event: AnomalyEvent, decision: AlertDecision) => void;
}

/** Of one channel, since the service started. */
export interface AlertCounters extends AlertQueueCounters {
  heldBack: HeldBackCounts;
}

type Message =
  | { type: 'event'; event: AnomalyEvent }
  | { type: 'digestDue' }
  | { type: 'gone'; channel: string; error: AppError }
  | { type: 'routing'; change: (routing: RoutingState, moment: Moment) => RoutingState; done: () => void }
  | { type: 'configure'; config: AlertsConfig; done: () => void };

const initialMemory: AlertMemory = { decisions: initialAlertState, routing: initialRoutingState };

/**
 * Decides which events people hear of, and over which channels. What is decided is durable before anything is sent, so
 * that a crash in between sends it once more instead of never.
 */
export class Alerts implements AlertDesk {
  readonly #options: AlertsOptions;
  readonly #book: AlertBook;
  readonly #deliveries: AlertDeliveries;
  readonly #heldBack = new Map<string, HeldBackCounts>();
  readonly #tested = new Set<string>();
  #config: AlertsConfig;
  #actor: Actor<Message> | null = null;
  /** As of the last message that was dealt with. */
  #memory = initialMemory;
  #cancelDigest = (): void => undefined;

  constructor(options: AlertsOptions) {
    const { clock, commit, onSaveFailure } = options;
    this.#options = options;
    this.#config = options.config;
    this.#book = new AlertBook({ clock, commit, onFailure: onSaveFailure });
    this.#deliveries = new AlertDeliveries({
      ...options,
      write: (change) => this.#book.write(change),
      onGone: (channel, error) => void this.#actor?.put({ type: 'gone', channel, error }),
    });
  }

  /** Takes up the state and the messages of the last run; for the supervisor. Throws `store.*`. */
  async start(): Promise<Child> {
    const { load, clock } = this.#options;
    await this.#deliveries.close();
    const { state, deliveries } = await load();
    const moment = momentOf(clock);
    const restored = restoreAlerts(state, moment, this.#config.digest_s * MS_PER_S) ?? initialMemory;
    await this.#deliveries.configure(this.#config, deliveries);
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
      await this.#deliveries.close();
      await this.#book.close();
    };
    return { exited: actor.exited, stop };
  }

  /** Takes a durable event that is new or became more severe. */
  async consider(event: AnomalyEvent): Promise<void> {
    await this.#actor?.put({ type: 'event', event });
  }

  /** Channels are added, changed and removed alone; queues and what is remembered stay. */
  async reconfigure(config: AlertsConfig): Promise<void> {
    await this.#ask((done) => ({ type: 'configure', config, done }));
  }

  list(query: AlertQuery): Promise<AlertPage> {
    return this.#options.list(query);
  }

  get(id: string): Promise<AlertRecord | null> {
    return this.#options.get(id);
  }

  channels(): ChannelState[] {
    return Object.keys(this.#config.channels).map((name) => this.#stateOf(name));
  }

  /** By channel. */
  counters(): Record<string, AlertCounters> {
    return Object.fromEntries(
      [...this.#deliveries.running].map(([name, { queue }]) => [
        name,
        { ...queue.counters, heldBack: this.#heldBack.get(name) ?? {} },
      ]),
    );
  }

  async test(channel: string): Promise<number> {
    const { queue } = this.#running(channel);
    if (this.#tested.has(channel))
      throw new AppError('request.rate_limited', `channel ${channel} is being tested; wait for that`);
    const { clock } = this.#options;
    const startMs = clock.monotonicMs();
    const alert = notice('test', `This is a test of the alert channel ${channel}.`, momentOf(clock));
    this.#tested.add(channel);
    try {
      await queue.test({ id: alert.id, alert, heldBack: 0, snapshot: () => Promise.resolve(null) });
    } finally {
      this.#tested.delete(channel);
    }
    return clock.monotonicMs() - startMs;
  }

  async snooze(channel: string, minutes: number): Promise<ChannelState> {
    this.#stateOf(channel);
    await this.#changeRouting((routing, moment) =>
      withChannel(routing, channel, { ...memoryOf(routing, channel), snooze: spanOf(minutes, moment) }),
    );
    return this.#stateOf(channel);
  }

  async enable(channel: string): Promise<ChannelState> {
    const { queue } = this.#running(channel);
    await this.#changeRouting((routing) =>
      withChannel(routing, channel, { ...memoryOf(routing, channel), disabled: null }),
    );
    queue.setGone(false);
    return this.#stateOf(channel);
  }

  muteState(camera: string): MuteState {
    return muteState(this.#memory.routing, camera, momentOf(this.#options.clock));
  }

  async mute(camera: string, minutes: number | null): Promise<MuteState> {
    await this.#changeRouting((routing, moment) => mute(routing, camera, spanOf(minutes, moment)));
    return this.muteState(camera);
  }

  async #receive(memory: AlertMemory, message: Message): Promise<AlertMemory> {
    const moment = momentOf(this.#options.clock);
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
        await this.#deliveries.configure(message.config);
        const next = { ...memory, routing: this.#reconciled(memory.routing) };
        await this.#save(next, moment);
        message.done();
        return next;
      }
    }
  }

  async #decide(memory: AlertMemory, event: AnomalyEvent, moment: Moment): Promise<AlertMemory> {
    const { dedup_s, digest_s, rules } = this.#config;
    const policy = { dedupMs: dedup_s * MS_PER_S, digestMs: digest_s * MS_PER_S, rules };
    const alerted = alertedEvent(event, this.#options.nameOf(event.camera));
    const { state: decisions, decision } = decideAlert(memory.decisions, alerted, policy, moment);
    this.#options.onDecision(event, decision);
    const next = { ...memory, decisions };
    switch (decision.type) {
      case 'immediate':
        return this.#tell(next, decision.alert, moment);
      case 'digested':
        await this.#save(next, moment);
        return next;
      case 'suppressed':
        this.#book.note({ records: [suppressed(alerted, decision.why, moment)] });
        return memory;
    }
  }

  async #tell(memory: AlertMemory, alert: Alert, moment: Moment): Promise<AlertMemory> {
    const { running } = this.#deliveries;
    const policies = [...running].map(([name, { config }]) => [name, config] as const);
    const { routing, record, deliveries } = tell(memory.routing, alert, policies, moment);
    const next = { ...memory, routing };
    await this.#book.write({ state: saveAlerts(next, moment), records: [record], deliveries });
    this.#options.deliver(alert);
    for (const { channel, reason } of record.deliveries)
      if (reason !== null) this.#countHeldBack(channel, reason);
    for (const delivery of deliveries) running.get(delivery.channel)?.queue.add(delivery);
    return next;
  }

  /** The others are told that a channel's receiver is gone, once. */
  async #disable(
    memory: AlertMemory,
    channel: string,
    error: AppError,
    moment: Moment,
  ): Promise<AlertMemory> {
    const running = this.#deliveries.running.get(channel);
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
      const running = this.#deliveries.running.get(name);
      const isAsBefore = running === undefined || memory.disabled?.fingerprint === running.fingerprint;
      const disabled = isAsBefore ? memory.disabled : null;
      running?.queue.setGone(disabled !== null);
      channels.set(name, { ...memory, disabled });
    }
    return { ...routing, channels };
  }

  async #changeRouting(change: (routing: RoutingState, moment: Moment) => RoutingState): Promise<void> {
    await this.#ask((done) => ({ type: 'routing', change, done }));
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
    await this.#book.write({ state: saveAlerts(memory, moment) });
  }

  /** Throws `alert.channel_not_found`, `alert.channel_off`. */
  #running(name: string): RunningChannel {
    this.#stateOf(name);
    const running = this.#deliveries.running.get(name);
    if (running !== undefined) return running;
    throw new AppError('alert.channel_off', `channel ${name} is off: set alerts.channels.${name}.enabled`);
  }

  #stateOf(name: string): ChannelState {
    const config = this.#config.channels[name];
    if (config === undefined || !Object.hasOwn(this.#config.channels, name))
      throw new AppError('alert.channel_not_found', `there is no alert channel ${name}`, { channel: name });
    const running = this.#deliveries.running.get(name);
    const heldBack = this.#heldBack.get(name) ?? {};
    const moment = momentOf(this.#options.clock);
    return channelState(name, config, running, this.#memory.routing, heldBack, moment);
  }

  #countHeldBack(channel: string, reason: keyof ChannelState['held_back']): void {
    const counts = this.#heldBack.get(channel) ?? {};
    this.#heldBack.set(channel, { ...counts, [reason]: (counts[reason as keyof HeldBackCounts] ?? 0) + 1 });
  }

  #scheduleDigest(): void {
    this.#cancelDigest();
    const { digest } = this.#memory.decisions;
    if (digest === null) return;
    const { clock } = this.#options;
    const delayMs = Math.max(0, digest.dueMs - clock.monotonicMs());
    this.#cancelDigest = clock.after(delayMs, () => this.#actor?.cast({ type: 'digestDue' }));
  }
}

/** `minutes` 0: none; null: without an end. */
function spanOf(minutes: number | null, { nowMs }: Moment): { sinceMs: number; untilMs: number } | null {
  if (minutes === 0) return null;
  return { sinceMs: nowMs, untilMs: minutes === null ? Infinity : nowMs + minutes * S_PER_MINUTE * MS_PER_S };
}

function momentOf(clock: Clock): Moment {
  return { nowMs: clock.monotonicMs(), wallTime: clock.wallTime(), newId: () => uuid() };
}
