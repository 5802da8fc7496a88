import type { AlertQuery, AlertRecord } from '../../alerting/alert-record.js';

/** All that lists are filtered by, so that no record is read to be passed over. */
export interface AlertEntry extends Pick<AlertRecord, 'id' | 'kind' | 'severity' | 'time'> {
  cameras: readonly string[];
  deliveries: readonly Pick<AlertRecord['deliveries'][number], 'channel' | 'status'>[];
}

export function entryOf({ id, kind, severity, time, events, deliveries }: AlertRecord): AlertEntry {
  return {
    id,
    kind,
    severity,
    time,
    cameras: [...new Set(events.map(({ camera }) => camera))],
    deliveries: deliveries.map(({ channel, status }) => ({ channel, status })),
  };
}

/**
 * Whether a list shows the record. Who sees some cameras only is not shown what speaks of no camera, and a severity is
 * that of the whole alert.
 */
export function isAskedFor(entry: AlertEntry, query: AlertQuery): boolean {
  const { camera, severity, kind, after = -Infinity, before = Infinity, scope, cursor } = query;
  return (
    (cursor === undefined || entry.id < cursor) &&
    (severity ?? entry.severity) === entry.severity &&
    (kind ?? entry.kind) === entry.kind &&
    entry.time >= after &&
    entry.time < before &&
    (camera === undefined || entry.cameras.includes(camera)) &&
    (scope === null || entry.cameras.some((seen) => scope.includes(seen))) &&
    isDeliveredAsAsked(entry, query)
  );
}

function isDeliveredAsAsked({ deliveries }: AlertEntry, { channel, status }: AlertQuery): boolean {
  if (channel === undefined && status === undefined) return true;
  return deliveries.some(
    (delivery) =>
      (channel ?? delivery.channel) === delivery.channel && (status ?? delivery.status) === delivery.status,
  );
}
