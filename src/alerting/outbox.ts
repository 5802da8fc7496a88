/** Messages that wait for one channel. */
import type { Delivery } from './alert-record.js';

export interface Waiting {
  delivery: Delivery;
  /** Monotonic milliseconds. */
  createdMs: number;
}

/**
 * Adds a message. When there are `limit` already, the oldest gives way that is not critical, and the oldest of all
 * when everything is.
 */
export function admit(
  waiting: readonly Waiting[],
  item: Waiting,
  limit: number,
): { waiting: readonly Waiting[]; gaveWay: Waiting | null } {
  const all = [...waiting, item];
  if (all.length <= limit) return { waiting: all, gaveWay: null };
  const gaveWay = all.find((other) => !isCritical(other)) ?? waiting[0] ?? item;
  return { waiting: all.filter((other) => other !== gaveWay), gaveWay };
}

/**
 * The one to try next: one that was tried least often, so that no message blocks the others; of those a critical one,
 * and then the oldest. Undefined when none waits.
 */
export function nextOf(waiting: readonly Waiting[]): Waiting | undefined {
  return waiting.reduce<Waiting | undefined>(
    (best, item) => (best === undefined || isBefore(item, best) ? item : best),
    undefined,
  );
}

/** Whether it does not wait for a channel that failed before: it may be that the receiver is back. */
export function isUrgent(item: Waiting): boolean {
  return isCritical(item) && item.delivery.attempts === 0;
}

function isBefore(a: Waiting, b: Waiting): boolean {
  if (a.delivery.attempts !== b.delivery.attempts) return a.delivery.attempts < b.delivery.attempts;
  return isCritical(a) && !isCritical(b);
}

function isCritical({ delivery }: Waiting): boolean {
  return delivery.alert.severity === 'critical';
}
