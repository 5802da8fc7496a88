import type { Alert, AlertedEvent } from '../event.js';
import { bySeverity, isOf } from './narrow-alert.js';

/** Events that wait to be told together. */
export interface Digest {
  /** Monotonic milliseconds. */
  dueMs: number;
  /** Those to be listed, in order of arrival. */
  events: readonly AlertedEvent[];
  /** Of all of them. */
  counts: Alert['counts'];
}

/** Events listed in one digest; more are counted only. */
const MAX_EVENTS = 100;

/** Adds an event, or replaces its older state. */
export function intoDigest(digest: Digest | null, event: AlertedEvent, dueMs: number): Digest {
  const others = digest === null ? null : withoutEvent(digest, event.id);
  if (others === null)
    return { dueMs: digest?.dueMs ?? dueMs, events: [event], counts: counted([], event, 1) };
  return {
    dueMs: others.dueMs,
    events: listed([...others.events, event], others.counts),
    counts: counted(others.counts, event, 1),
  };
}

/** Null when nothing is left. */
export function withoutEvent(digest: Digest, id: string): Digest | null {
  const known = digest.events.find((event) => event.id === id);
  if (known === undefined) return digest;
  const counts = counted(digest.counts, known, -1);
  if (counts.length === 0) return null;
  return { ...digest, events: digest.events.filter((event) => event !== known), counts };
}

function counted(counts: Alert['counts'], event: AlertedEvent, change: 1 | -1): Alert['counts'] {
  const { camera, label } = event;
  const row = counts.find((other) => isOf(event, other));
  if (row === undefined) return [...counts, { camera, label, count: 1 }];
  const updated = { ...row, count: row.count + change };
  return counts.flatMap((other) => (other === row ? (updated.count > 0 ? [updated] : []) : [other]));
}

/**
 * When there are too many, the camera and label with the most listed loses its least severe: each stays listed, and so
 * does the worst event.
 */
function listed(events: readonly AlertedEvent[], counts: Alert['counts']): readonly AlertedEvent[] {
  if (events.length <= MAX_EVENTS) return events;
  const rows = counts.map((row) => events.filter((event) => isOf(event, row)));
  const longest = rows.reduce((most, row) => (row.length > most.length ? row : most), []);
  const [least] = [...longest].sort(bySeverity);
  return events.filter((event) => event !== least);
}
