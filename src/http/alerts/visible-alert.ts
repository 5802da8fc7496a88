import type { Caller } from '../../access/access.js';
import { narrowAlert } from '../../alerting/narrow-alert.js';
import type { Alert } from '../../event.js';

/**
 * What a caller may see of an alert: that of its own cameras. Null when nothing is left, and for what is about the
 * alerts themselves where the caller does not see every camera.
 */
export function visibleAlert<A extends Alert | (Omit<Alert, 'kind'> & { kind: string })>(
  alert: A,
  { cameras }: Caller,
): A | null {
  return cameras === null ? alert : narrowAlert(alert, ({ camera }) => cameras.includes(camera));
}
