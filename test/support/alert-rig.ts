import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { DeliveryOutcome } from '../../src/alerting/alert-record.js';
import type { AlertDecision } from '../../src/alerting/alert-core.js';
import type { AlertMessage, Channel } from '../../src/alerting/channel.js';
import { Alerts } from '../../src/actors/alerts/alerts.js';
import { alertsSchema, type AlertsConfig } from '../../src/alerting/alerts-config.js';
import { AppError } from '../../src/errors.js';
import type { Alert } from '../../src/event.js';
import { AlertLog } from '../../src/workers/store/alert-log.js';
import { SimulatedClock } from './simulated-clock.js';

/** What a receiver does with a message: takes it, keeps it waiting for ever, or fails. */
export type Receiver = (message: AlertMessage) => 'takes' | 'hangs' | AppError;

export const refused = (data: Record<string, number> = {}): AppError =>
  new AppError('alert.delivery_failed', 'the receiver answered 500', data);

export const gone = (): AppError => new AppError('alert.channel_gone', 'the receiver answered 410');

/** Alert settings with ntfy channels of the names given, each with its own settings. */
export function alertsConfig(channels: Record<string, object> = {}, given: object = {}): AlertsConfig {
  const ntfy = { type: 'ntfy', url: 'https://ntfy.example', topic: 'nunchi' };
  const named = Object.entries(channels).map(([name, own]) => [name, { ...ntfy, ...own }] as const);
  return alertsSchema.parse({ ...given, channels: Object.fromEntries(named) });
}

/** The alerts over a store of their own, with receivers that do as they are told. */
export class AlertRig {
  readonly clock: SimulatedClock;
  readonly folder: string;
  readonly log: AlertLog;
  readonly alerts: Alerts;
  /** Attempts, in order. */
  readonly attempts: { channel: string; message: AlertMessage; atMs: number }[] = [];
  readonly delivered: Alert[] = [];
  readonly decisions: AlertDecision['type'][] = [];
  readonly givenUp: DeliveryOutcome[] = [];
  readonly failures: AppError[] = [];
  readonly opened: string[] = [];
  readonly closed: string[] = [];
  receive: Record<string, Receiver> = {};
  /** Event states that each channel opened from now on could not tell. */
  untold = 0;
  /** Called before each commit; throws what the disk says. */
  disk = (): void => undefined;
  #stop: () => Promise<void> = () => Promise.resolve();

  constructor(config: AlertsConfig, folder = temporaryFolder(), clock = new SimulatedClock()) {
    this.clock = clock;
    this.folder = folder;
    this.log = new AlertLog(folder, { records: 100, suppressed: 50, retentionDays: 30 }, clock);
    this.alerts = new Alerts({
      config,
      clock,
      random: () => 0,
      load: () => Promise.resolve().then(() => this.log.book()),
      commit: (change) =>
        Promise.resolve().then(() => {
          this.disk();
          this.log.commit(change);
        }),
      list: (query) => Promise.resolve(this.log.page(query)),
      get: (id) => Promise.resolve(this.log.record(id)),
      open: (name) => this.#open(name),
      snapshot: (id) => Promise.resolve(Buffer.from(id)),
      nameOf: (camera) => `Camera ${camera}`,
      deliver: (alert) => this.delivered.push(alert),
      onSaveFailure: (error) => this.failures.push(error),
      onDecision: (_event, { type }) => this.decisions.push(type),
      onAttempt: () => undefined,
      onGivenUp: (_delivery, outcome) => this.givenUp.push(outcome),
    });
  }

  async start(): Promise<this> {
    const child = await this.alerts.start();
    this.#stop = () => child.stop(1_000);
    return this;
  }

  /** Lets all that can happen without time passing happen. */
  async settle(): Promise<void> {
    for (let i = 0; i < 20; i += 1) await turn();
  }

  sentTo(channel: string): AlertMessage[] {
    return this.attempts.filter((attempt) => attempt.channel === channel).map(({ message }) => message);
  }

  async stop(): Promise<void> {
    await this.#stop();
    await this.log.close();
  }

  #open(name: string): Channel {
    this.opened.push(name);
    const { untold } = this;
    return {
      droppedEvents: () => untold,
      send: async (message, signal) => {
        this.attempts.push({ channel: name, message, atMs: this.clock.monotonicMs() });
        const answer = this.receive[name]?.(message) ?? 'takes';
        if (answer instanceof AppError) throw answer;
        if (answer === 'takes') return;
        await new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(new AppError('alert.delivery_failed', 'the receiver did not answer in time'));
          });
        });
      },
      close: () => {
        this.closed.push(name);
        return Promise.resolve();
      },
    };
  }
}

export function temporaryFolder(): string {
  return mkdtempSync(path.join(tmpdir(), 'nunchi-alerts-'));
}
