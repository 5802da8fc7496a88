import type { AlertRecord, Delivery, DeliveryOutcome } from '../../src/alerting/alert-record.js';

/** An alert of one moment; `fields` replace its own. */
export function alertRecord(fields: Partial<AlertRecord> = {}): AlertRecord {
  return {
    id: 'a',
    kind: 'immediate',
    severity: 'high',
    time: 1_700_000_000,
    events: [],
    count: fields.events?.length ?? 0,
    counts: (fields.events ?? []).map(({ camera, label }) => ({ camera, label, count: 1 })),
    text: null,
    reason: null,
    deliveries: [],
    ...fields,
  };
}

/** A message of alert `a` to the channel `phone`, and what its record says of it. */
export function delivery(id: string): { delivery: Delivery; outcome: DeliveryOutcome } {
  const { reason: _reason, deliveries: _deliveries, ...alert } = alertRecord();
  const common = { channel: 'phone', attempts: 0, last_error: null };
  return {
    delivery: {
      ...common,
      id,
      alert_id: 'a',
      alert: { ...alert, kind: 'immediate' },
      held_back: 0,
      created_time: 1_700_000_000,
      not_before: null,
    },
    outcome: { ...common, status: 'pending', reason: null, sent_time: null },
  };
}
