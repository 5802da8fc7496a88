import { v7 as uuid } from 'uuid';
import {
  decideAlert,
  initialAlertState,
  releaseDigest,
  type AlertDecision,
  type AlertPolicy,
  type AlertState,
  type Moment,
} from '../alerting/alert-core.js';
import { restoreAlerts, saveAlerts } from '../alerting/saved-alerts.js';
import type { Clock } from '../clock.js';
import { AppError } from '../errors.js';
import type { Alert, AnomalyEvent } from '../event.js';
import { spawnActor, type Actor } from './actor.js';
import type { Child } from './supervisor.js';
import { links } from './topology.js';

const STATE_KEY = 'alerts';

export interface AlertsOptions {
  policy: AlertPolicy;
  clock: Clock;
  loadState: (key: string) => Promise<unknown>;
  saveState: (key: string, value: unknown) => Promise<void>;
  deliver: (alert: Alert) => void;
  onSaveFailure: (error: AppError) => void;
  onDecision: (event: AnomalyEvent, decision: AlertDecision) => void;
}

type Message = { type: 'event'; event: AnomalyEvent } | { type: 'digestDue' };

/**
 * Decides which events people hear of. An alert is saved before it is delivered and again after, so that a crash in
 * between delivers it once more instead of never.
 */
export class Alerts {
  readonly #options: AlertsOptions;
  #actor: Actor<Message> | null = null;
  #cancelDigest = (): void => undefined;

  constructor(options: AlertsOptions) {
    this.#options = options;
  }

  /** Takes up the state of the last run and delivers what it left in the outbox; for the supervisor. */
  async start(): Promise<Child> {
    const { loadState, clock, deliver } = this.#options;
    const restored = restoreAlerts(await loadState(STATE_KEY), momentOf(clock));
    for (const alert of restored?.outbox ?? []) deliver(alert);
    const initial = restored?.state ?? initialAlertState;
    const actor = spawnActor<AlertState, Message>({
      name: 'alerts',
      mailbox: links.alerts,
      initial,
      receive: (state, message) => this.#receive(state, message),
    });
    this.#actor = actor;
    this.#scheduleDigest(initial);
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

  async #receive(state: AlertState, message: Message): Promise<AlertState> {
    const moment = momentOf(this.#options.clock);
    const { next, alert } = this.#decide(state, message, moment);
    if (next !== state) await this.#save(next, alert === null ? [] : [alert], moment);
    if (alert !== null) {
      this.#options.deliver(alert);
      await this.#save(next, [], moment);
    }
    this.#scheduleDigest(next);
    return next;
  }

  #decide(state: AlertState, message: Message, moment: Moment): { next: AlertState; alert: Alert | null } {
    if (message.type === 'digestDue') {
      const { state: next, alert } = releaseDigest(state, moment);
      return { next, alert };
    }
    const { state: next, decision } = decideAlert(state, message.event, this.#options.policy, moment);
    this.#options.onDecision(message.event, decision);
    return { next, alert: decision.type === 'immediate' ? decision.alert : null };
  }

  async #save(state: AlertState, outbox: readonly Alert[], moment: Moment): Promise<void> {
    try {
      await this.#options.saveState(STATE_KEY, saveAlerts(state, outbox, moment));
    } catch (thrown) {
      // People hear of it all the same: an alert twice after a crash is better than none now.
      this.#options.onSaveFailure(AppError.from(thrown));
    }
  }

  #scheduleDigest({ digest }: AlertState): void {
    this.#cancelDigest();
    if (digest === null) return;
    const { clock } = this.#options;
    const delayMs = Math.max(0, digest.dueMs - clock.monotonicMs());
    this.#cancelDigest = clock.after(delayMs, () => this.#actor?.cast({ type: 'digestDue' }));
  }
}

function momentOf(clock: Clock): Moment {
  return { nowMs: clock.monotonicMs(), wallTime: clock.wallTime(), newId: () => uuid() };
}
