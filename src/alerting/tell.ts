/** What an alert becomes on each channel. */
import { recordOf, type AlertRecord, type Delivery, type DeliveryOutcome } from './alert-record.js';
import type { Alert, AlertedEvent } from '../event.js';
import type { Moment } from './alert-core.js';
import { routeAlert, type ChannelPolicy, type RoutingState } from './routing.js';

export interface Told {
  routing: RoutingState;
  record: AlertRecord;
  /** Messages to be sent, once all of this is durable. */
  deliveries: Delivery[];
}

/** Routes an alert to every channel; pure. */
export function tell(
  routing: RoutingState,
  alert: Alert,
  channels: Iterable<readonly [name: string, policy: ChannelPolicy]>,
  moment: Moment,
): Told {
  const deliveries: Delivery[] = [];
  const outcomes: DeliveryOutcome[] = [];
  for (const [channel, policy] of channels) {
    const { state, route } = routeAlert(routing, channel, policy, alert, moment);
    routing = state;
    const none = { channel, attempts: 0, last_error: null, sent_time: null };
    if (route.type === 'held_back') {
      outcomes.push({ ...none, status: 'held_back', reason: route.reason });
      continue;
    }
    outcomes.push({ ...none, status: 'pending', reason: null });
    deliveries.push({
      id: moment.newId(),
      alert_id: alert.id,
      channel,
      alert: route.alert,
      held_back: route.heldBack,
      attempts: 0,
      last_error: null,
      created_time: moment.wallTime,
      not_before: null,
    });
  }
  return { routing, record: recordOf(alert, outcomes), deliveries };
}

/** The record of an event that nobody is told of. */
export function suppressed(
  event: AlertedEvent,
  reason: 'duplicate' | 'rule',
  { newId, wallTime }: Moment,
): AlertRecord {
  const { camera, label, severity } = event;
  return {
    id: newId(),
    kind: 'suppressed',
    severity,
    time: wallTime,
    events: [event],
    count: 1,
    counts: [{ camera, label, count: 1 }],
    text: null,
    reason,
    deliveries: [],
  };
}

/** An alert about the alerts themselves. */
export function notice(kind: 'notice' | 'test', text: string, { newId, wallTime }: Moment): Alert {
  const severity = kind === 'test' ? 'low' : 'high';
  return { id: newId(), kind, severity, time: wallTime, events: [], count: 0, counts: [], text };
}
