/** What is kept of alerts: why each was told or not, to whom, and what came of it. */
import { z } from 'zod';
import { alertKinds, alertSchema, type Alert, type Severity } from '../event.js';

export const deliveryStatuses = ['sent', 'pending', 'failed', 'held_back'] as const;

/** Why a channel did not tell an alert at once, or at all. */
export const deliveryReasons = [
  'rule',
  'disabled',
  'snoozed',
  'muted',
  'quiet_hours',
  'hourly_cap',
  'expired',
  'gave_way',
  'gone',
  'removed',
] as const;

/** Those of an alert that never became a message. */
export type HeldBackReason = 'rule' | 'disabled' | 'snoozed' | 'muted' | 'quiet_hours' | 'hourly_cap';

const deliveryOutcomeSchema = z
  .strictObject({
    channel: z.string(),
    status: z.enum(deliveryStatuses),
    reason: z
      .enum(deliveryReasons)
      .nullable()
      .describe('of one that is held back or failed; gave_way: too many waited; gone: the receiver said so'),
    attempts: z.int().min(0),
    last_error: z.string().nullable(),
    sent_time: z.number().nullable().describe('Unix seconds'),
  })
  .meta({ id: 'AlertDelivery' });

export type DeliveryOutcome = z.infer<typeof deliveryOutcomeSchema>;

export const recordKinds = [...alertKinds, 'suppressed'] as const;

export const alertRecordSchema = z
  .strictObject({
    ...alertSchema.shape,
    kind: z.enum(recordKinds).describe('suppressed: an event that nobody was told of'),
    reason: z.enum(['duplicate', 'rule']).nullable().describe('of a suppressed one'),
    deliveries: z.array(deliveryOutcomeSchema).describe('one a channel'),
  })
  .meta({ id: 'Alert' });

export type AlertRecord = z.infer<typeof alertRecordSchema>;

/** A message on its way to a channel; kept until the receiver has it or it is given up. */
export const deliverySchema = z.strictObject({
  /** Of the message: sortable by when it was decided. */
  id: z.string(),
  alert_id: z.string(),
  channel: z.string(),
  /** As the channel's rules narrow it. */
  alert: alertSchema,
  held_back: z.int().min(0),
  attempts: z.int().min(0),
  last_error: z.string().nullable(),
  /** Unix seconds. */
  created_time: z.number(),
  /** Unix seconds until which the receiver wants to be left alone; null when it did not say so. */
  not_before: z.number().nullable(),
});

export type Delivery = z.infer<typeof deliverySchema>;

/** What one transaction makes durable. */
export interface AlertChange {
  /** Replaces what was remembered of earlier decisions; left alone when undefined. */
  state?: unknown;
  records: readonly AlertRecord[];
  /** New ones, and later states of known ones. */
  deliveries: readonly Delivery[];
  /** Of records that are kept; others are passed over. */
  outcomes: readonly { alertId: string; outcome: DeliveryOutcome }[];
  /** Ids of the deliveries that are over. */
  done: readonly string[];
}

/** What a new process takes up. */
export interface SavedAlertBook {
  state: unknown;
  /** In the order of their ids. */
  deliveries: Delivery[];
}

export interface AlertQuery {
  camera?: string | undefined;
  severity?: Severity | undefined;
  kind?: (typeof recordKinds)[number] | undefined;
  /** With both: what this channel did. */
  channel?: string | undefined;
  status?: (typeof deliveryStatuses)[number] | undefined;
  /** Unix seconds; `after` inclusive, `before` exclusive. */
  after?: number | undefined;
  before?: number | undefined;
  /** The cameras that whoever asks may see; null for all. */
  scope: readonly string[] | null;
  /** Records at most. */
  limit: number;
  /** Id of the last record of the page before. */
  cursor?: string | undefined;
}

export interface AlertPage {
  /** Newest first. */
  alerts: AlertRecord[];
  nextCursor: string | null;
}

export function recordOf(alert: Alert, deliveries: DeliveryOutcome[]): AlertRecord {
  return { ...alert, reason: null, deliveries };
}
