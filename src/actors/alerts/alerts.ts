import type {
  AlertChange,
  AlertPage,
  AlertQuery,
  AlertRecord,
  SavedAlertBook,
} from '../../alerting/alert-record.js';
import type { AlertDesk, ChannelState, MuteState } from '../../alerting/alert-desk.js';
import type { Moment } from '../../alerting/alert-core.js';
import type { AlertsConfig } from '../../alerting/alerts-config.js';
import { momentOf } from '../../alerting/moment.js';
import { memoryOf, mute, withChannel } from '../../alerting/routing.js';
import { notice } from '../../alerting/tell.js';
import { AppError } from '../../errors.js';
import type { AnomalyEvent } from '../../event.js';
import { MS_PER_S, S_PER_MINUTE } from '../../units.js';
import { AlertBook } from './alert-book.js';
import { AlertDecider, type AlertDeciderOptions } from './alert-decider.js';
import {
  AlertDeliveries,
  type AlertCounters,
  type AlertDeliveriesOptions,
  type RunningChannel,
} from './alert-deliveries.js';
import { channelState, muteState } from './alert-views.js';
import type { Child } from '../kernel/supervisor.js';

export interface AlertsOptions
  extends
    Pick<AlertDeliveriesOptions, 'clock' | 'random' | 'open' | 'snapshot' | 'onAttempt' | 'onGivenUp'>,
    Pick<AlertDeciderOptions, 'config' | 'nameOf' | 'deliver' | 'onDecision'> {
  /** What the last run left. */
  load: () => Promise<SavedAlertBook>;
  /** Resolves when all of the change is durable. */
  commit: (change: AlertChange) => Promise<void>;
  list: (query: AlertQuery) => Promise<AlertPage>;
  get: (id: string) => Promise<AlertRecord | null>;
  onSaveFailure: (error: AppError) => void;
}

/** The alerts as a whole: what people ask of them goes on while they are decided on and delivered. */
export class Alerts implements AlertDesk {
  readonly #options: AlertsOptions;
  readonly #book: AlertBook;
  readonly #deliveries: AlertDeliveries;
  readonly #decider: AlertDecider;
  readonly #tested = new Set<string>();

  constructor(options: AlertsOptions) {
    const { clock, commit, onSaveFailure } = options;
    this.#options = options;
    this.#book = new AlertBook({ clock, commit, onFailure: onSaveFailure });
    this.#deliveries = new AlertDeliveries({
      ...options,
      write: (change) => this.#book.write(change),
      onGone: (channel, error) => {
        this.#decider.gone(channel, error);
      },
    });
    this.#decider = new AlertDecider({ ...options, book: this.#book, deliveries: this.#deliveries });
  }

  /** Takes up the state and the messages of the last run; for the supervisor. Throws `store.*`. */
  async start(): Promise<Child> {
    await this.#deliveries.close();
    const decider = await this.#decider.start(await this.#options.load());
    return {
      exited: decider.exited,
      stop: async (deadlineMs) => {
        await decider.stop(deadlineMs);
        await this.#deliveries.close();
        await this.#book.close();
      },
    };
  }

  /** Takes a durable event that is new or became more severe. */
  consider(event: AnomalyEvent): Promise<void> {
    return this.#decider.consider(event);
  }

  /** Channels are added, changed and removed alone; queues and what is remembered stay. */
  reconfigure(config: AlertsConfig): Promise<void> {
    return this.#decider.reconfigure(config);
  }

  list(query: AlertQuery): Promise<AlertPage> {
    return this.#options.list(query);
  }

  get(id: string): Promise<AlertRecord | null> {
    return this.#options.get(id);
  }

  channels(): ChannelState[] {
    return Object.keys(this.#decider.config.channels).map((name) => this.#stateOf(name));
  }

  /** By channel. */
  counters(): Record<string, AlertCounters> {
    return this.#deliveries.counters();
  }

  /** Event states that no channel could tell, since the service started. */
  get eventsDropped(): number {
    return this.#deliveries.eventsDropped;
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
    await this.#decider.changeRouting((routing, moment) =>
      withChannel(routing, channel, { ...memoryOf(routing, channel), snooze: spanOf(minutes, moment) }),
    );
    return this.#stateOf(channel);
  }

  async enable(channel: string): Promise<ChannelState> {
    const { queue } = this.#running(channel);
    await this.#decider.changeRouting((routing) =>
      withChannel(routing, channel, { ...memoryOf(routing, channel), disabled: null }),
    );
    queue.setGone(false);
    return this.#stateOf(channel);
  }

  muteState(camera: string): MuteState {
    return muteState(this.#decider.routing, camera, momentOf(this.#options.clock));
  }

  async mute(camera: string, minutes: number | null): Promise<MuteState> {
    await this.#decider.changeRouting((routing, moment) => mute(routing, camera, spanOf(minutes, moment)));
    return this.muteState(camera);
  }

  /** Throws `alert.channel_not_found`, `alert.channel_off`. */
  #running(name: string): RunningChannel {
    this.#stateOf(name);
    const running = this.#deliveries.running.get(name);
    if (running !== undefined) return running;
    throw new AppError('alert.channel_off', `channel ${name} is off: set alerts.channels.${name}.enabled`);
  }

  #stateOf(name: string): ChannelState {
    const { config, routing } = this.#decider;
    const channel = config.channels[name];
    if (channel === undefined || !Object.hasOwn(config.channels, name))
      throw new AppError('alert.channel_not_found', `there is no alert channel ${name}`, { channel: name });
    const { running } = this.#deliveries;
    const heldBack = this.#deliveries.heldBack(name);
    return channelState(name, channel, running.get(name), routing, heldBack, momentOf(this.#options.clock));
  }
}

/** `minutes` 0: none; null: without an end. */
function spanOf(minutes: number | null, { nowMs }: Moment): { sinceMs: number; untilMs: number } | null {
  if (minutes === 0) return null;
  return { sinceMs: nowMs, untilMs: minutes === null ? Infinity : nowMs + minutes * S_PER_MINUTE * MS_PER_S };
}
