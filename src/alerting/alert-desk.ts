/** What people ask of the alerts, and what they are answered. */
import { z } from 'zod';
import type { AlertPage, AlertQuery, AlertRecord } from './alert-record.js';
import { deliveryReasons } from './alert-record.js';

const count = z.int().min(0);

export const channelStateSchema = z
  .strictObject({
    name: z.string(),
    type: z.enum(['webhook', 'ntfy', 'email', 'mqtt']),
    state: z
      .enum(['ready', 'failing', 'disabled', 'off'])
      .describe('failing: the newest attempt; disabled: its receiver is gone; off: by the configuration'),
    disabled_reason: z.string().nullable(),
    snoozed_until: z.number().nullable().describe('Unix seconds; null when it is not snoozed'),
    last_error: z.string().nullable().describe('of the newest attempt'),
    waiting: count,
    sent: count.describe('since the service started, as all of these'),
    failed: count.describe('given up'),
    retried: count,
    dropped: count.describe('gave way to newer ones'),
    events_dropped: count.describe(
      'states of events that an MQTT broker was away for too long to be told of',
    ),
    held_back: z.partialRecord(z.enum(deliveryReasons), count).describe('by reason'),
  })
  .meta({ id: 'AlertChannel' });

export type ChannelState = z.infer<typeof channelStateSchema>;

export const muteStateSchema = z
  .strictObject({
    muted: z.boolean(),
    muted_until: z.number().nullable().describe('Unix seconds; null when nothing but a request ends it'),
  })
  .meta({ id: 'CameraMute' });

export type MuteState = z.infer<typeof muteStateSchema>;

export interface AlertDesk {
  list(query: AlertQuery): Promise<AlertPage>;
  /** Null when there is none. */
  get(id: string): Promise<AlertRecord | null>;
  channels(): ChannelState[];
  /**
   * Sends a message past rules, quiet hours and queue, and resolves with the milliseconds that it took. Throws
   * `alert.channel_not_found`, `alert.channel_off`, `request.rate_limited`, `alert.delivery_failed` and
   * `alert.channel_gone`.
   */
  test(channel: string): Promise<number>;
  /** Tells the channel nothing for some minutes; 0 ends that. Throws `alert.channel_not_found`. */
  snooze(channel: string, minutes: number): Promise<ChannelState>;
  /** Sends again though the receiver was gone. Throws `alert.channel_not_found`, `alert.channel_off`. */
  enable(channel: string): Promise<ChannelState>;
  muteState(camera: string): MuteState;
  /** Tells no channel of a camera for some minutes; 0 ends that, null lasts until it is ended. */
  mute(camera: string, minutes: number | null): Promise<MuteState>;
}
