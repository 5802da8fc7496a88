import { z } from 'zod';
import { severities, type Alert } from '../event.js';
import { MS_PER_S } from '../units.js';
import type { AlertState, Moment } from './alert-core.js';

const severity = z.enum(severities);
const alertedEvent = z.object({
  id: z.string(),
  camera: z.string(),
  label: z.string(),
  severity,
  top_score: z.number(),
  start_time: z.number(),
});
const alert = z.object({
  id: z.string(),
  kind: z.enum(['immediate', 'digest']),
  severity,
  time: z.number(),
  events: z.array(alertedEvent),
  count: z.number(),
});

/** The alert state as it is stored: monotonic times turned into Unix seconds, which outlive the process. */
const savedSchema = z.object({
  last: z.array(z.object({ key: z.string(), time: z.number(), severity })),
  digest: z.object({ dueTime: z.number(), events: z.array(alertedEvent), count: z.number() }).nullable(),
  /** Decided but perhaps not delivered. */
  outbox: z.array(alert),
});

export type SavedAlerts = z.infer<typeof savedSchema>;

export function saveAlerts(state: AlertState, outbox: readonly Alert[], moment: Moment): SavedAlerts {
  const toWall = (ms: number): number => moment.wallTime + (ms - moment.nowMs) / MS_PER_S;
  return {
    last: [...state.last].map(([key, { atMs, severity }]) => ({ key, time: toWall(atMs), severity })),
    digest:
      state.digest === null
        ? null
        : {
            dueTime: toWall(state.digest.dueMs),
            events: [...state.digest.events],
            count: state.digest.count,
          },
    outbox: outbox.map((item) => ({ ...item, events: [...item.events] })),
  };
}

/**
 * The state of the last run on this run's clock; null when nothing usable was saved. Times in the future, which a
 * clock set back leaves behind, count as now.
 */
export function restoreAlerts(saved: unknown, moment: Moment): { state: AlertState; outbox: Alert[] } | null {
  const parsed = savedSchema.safeParse(saved);
  if (!parsed.success) return null;
  const { last, digest, outbox } = parsed.data;
  const toMonotonic = (time: number): number => moment.nowMs + (time - moment.wallTime) * MS_PER_S;
  return {
    state: {
      last: new Map(
        last.map(({ key, time, severity }) => [
          key,
          { atMs: Math.min(toMonotonic(time), moment.nowMs), severity },
        ]),
      ),
      digest: digest === null ? null : { ...digest, dueMs: toMonotonic(digest.dueTime) },
    },
    outbox,
  };
}
