import { severityRank, type Alert, type AlertedEvent, type Severity } from '../event.js';

type Counts = Alert['counts'];

/**
 * The part of an alert that is about the events that `keep` takes; null when it takes none. Events that are not listed
 * go with the listed ones of the same camera and label.
 */
export function narrowAlert<A extends Alert | (Omit<Alert, 'kind'> & { kind: string })>(
  alert: A,
  keep: (event: AlertedEvent) => boolean,
): A | null {
  const events = alert.events.filter(keep);
  if (events.length === 0) return null;
  if (events.length === alert.events.length) return alert;
  const counts = alert.counts.flatMap((row) => {
    const listed = alert.events.filter((event) => isOf(event, row)).length;
    const kept = events.filter((event) => isOf(event, row)).length;
    return kept === 0 ? [] : [{ ...row, count: row.count - listed + kept }];
  });
  return { ...alert, events, counts, count: totalOf(counts), severity: worstSeverity(events) };
}

/** The most severe, and of those the one that stood out most; undefined of none. */
export function worstEvent(events: readonly AlertedEvent[]): AlertedEvent | undefined {
  return [...events].sort(bySeverity).at(-1);
}

/** The least severe first. */
export function bySeverity(a: AlertedEvent, b: AlertedEvent): number {
  return severityRank(a.severity) - severityRank(b.severity) || a.top_score - b.top_score;
}

export function worstSeverity(events: readonly AlertedEvent[]): Severity {
  return worstEvent(events)?.severity ?? 'low';
}

export function isOf(event: AlertedEvent, { camera, label }: { camera: string; label: string }): boolean {
  return event.camera === camera && event.label === label;
}

export function totalOf(counts: Counts): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}
