import { maySee, type Caller } from '../access.js';
import { severities, type Alert } from '../event.js';

/**
 * What a caller may see of an alert: that of its own cameras. Null when nothing is left, and for what is about the
 * alerts themselves where the caller does not see every camera.
 */
export function visibleAlert(alert: Alert, caller: Caller): Alert | null {
  if (caller.cameras === null) return alert;
  const events = alert.events.filter(({ camera }) => maySee(caller, camera));
  const counts = alert.counts.filter(({ camera }) => maySee(caller, camera));
  const [first] = events;
  if (first === undefined) return null;
  const rank = Math.max(...events.map(({ severity }) => severities.indexOf(severity)));
  return {
    ...alert,
    severity: severities[rank] ?? first.severity,
    events,
    counts,
    // An alert of one event counts nothing by camera.
    count: Math.max(
      events.length,
      counts.reduce((sum, { count }) => sum + count, 0),
    ),
    text: null,
  };
}
