import type { AlertDesk, ChannelState } from '../../src/alerting/alert-desk.js';
import type { AlertQuery, AlertRecord } from '../../src/alerting/alert-record.js';
import { AppError } from '../../src/errors.js';

/** Alerts of plain values, and one channel: `phone`. */
export class FakeAlerts implements AlertDesk {
  records: AlertRecord[] = [];
  readonly queries: AlertQuery[] = [];
  readonly asked: unknown[][] = [];

  list(query: AlertQuery) {
    this.queries.push(query);
    return Promise.resolve({ alerts: this.records, nextCursor: null });
  }

  get(id: string) {
    return Promise.resolve(this.records.find((record) => record.id === id) ?? null);
  }

  channels(): ChannelState[] {
    return [this.#channel('phone')];
  }

  test(channel: string) {
    this.asked.push(['test', this.#channel(channel).name]);
    return Promise.resolve(12);
  }

  snooze(channel: string, minutes: number) {
    this.asked.push(['snooze', channel, minutes]);
    return Promise.resolve(this.#channel(channel));
  }

  enable(channel: string) {
    this.asked.push(['enable', channel]);
    return Promise.resolve(this.#channel(channel));
  }

  muteState() {
    return { muted: false, muted_until: null };
  }

  mute(camera: string, minutes: number | null) {
    this.asked.push(['mute', camera, minutes]);
    return Promise.resolve({ muted: minutes !== 0, muted_until: null });
  }

  #channel(name: string): ChannelState {
    if (name !== 'phone') throw new AppError('alert.channel_not_found', `there is no alert channel ${name}`);
    return {
      name,
      type: 'ntfy',
      state: 'ready',
      disabled_reason: null,
      snoozed_until: null,
      last_error: null,
      waiting: 0,
      sent: 1,
      failed: 0,
      retried: 0,
      dropped: 0,
      events_dropped: 0,
      held_back: { rule: 2 },
    };
  }
}
