import { z } from 'zod';
import { alertedEventSchema, alertSchema, severities } from '../event.js';
import { MS_PER_S } from '../units.js';
import type { AlertState, Moment } from './alert-core.js';
import type { RoutingState, Span } from './routing.js';

const span = z.object({
  since: z.number(),
  /** Null: until somebody ends it. */
  until: z.number().nullable(),
});

/** The alert state as it is stored: monotonic times turned into Unix seconds, which outlive the process. */
const savedSchema = z.object({
  last: z.array(z.object({ key: z.string(), time: z.number(), severity: z.enum(severities) })),
  digest: z
    .object({ dueTime: z.number(), events: z.array(alertedEventSchema), counts: alertSchema.shape.counts })
    .nullable(),
  channels: z.array(
    z.object({
      name: z.string(),
      sent: z.array(z.number()),
      heldBack: z.int(),
      snooze: span.nullable(),
      disabled: z.object({ reason: z.string(), time: z.number(), fingerprint: z.string() }).nullable(),
    }),
  ),
  mutes: z.array(z.object({ camera: z.string(), span })),
});

export type SavedAlerts = z.infer<typeof savedSchema>;

/** What the alerts remember between two events. */
export interface AlertMemory {
  decisions: AlertState;
  routing: RoutingState;
}

export function saveAlerts({ decisions, routing }: AlertMemory, moment: Moment): SavedAlerts {
  const toWall = (ms: number): number => moment.wallTime + (ms - moment.nowMs) / MS_PER_S;
  const saveSpan = ({ sinceMs, untilMs }: Span): z.infer<typeof span> => ({
    since: toWall(sinceMs),
    until: untilMs === Infinity ? null : toWall(untilMs),
  });
  const { last, digest } = decisions;
  return {
    last: [...last].map(([key, { atMs, severity }]) => ({ key, time: toWall(atMs), severity })),
    digest: digest && { dueTime: toWall(digest.dueMs), events: [...digest.events], counts: digest.counts },
    channels: [...routing.channels].map(([name, { sentMs, heldBack, snooze, disabled }]) => ({
      name,
      sent: sentMs.map(toWall),
      heldBack,
      snooze: snooze && saveSpan(snooze),
      disabled,
    })),
    mutes: [...routing.mutes].map(([camera, muted]) => ({ camera, span: saveSpan(muted) })),
  };
}

/**
 * The state of the last run on this run's clock; null when nothing usable was saved. What would be in the future,
 * which a clock set back leaves behind, counts as having just begun.
 */
export function restoreAlerts(saved: unknown, moment: Moment, digestMs: number): AlertMemory | null {
  const parsed = savedSchema.safeParse(saved);
  if (!parsed.success) return null;
  const { last, digest, channels, mutes } = parsed.data;
  const toMonotonic = (time: number): number => moment.nowMs + (time - moment.wallTime) * MS_PER_S;
  const toPast = (time: number): number => Math.min(toMonotonic(time), moment.nowMs);
  const restoreSpan = ({ since, until }: z.infer<typeof span>): Span => {
    const sinceMs = toPast(since);
    return { sinceMs, untilMs: until === null ? Infinity : sinceMs + (until - since) * MS_PER_S };
  };
  return {
    decisions: {
      last: new Map(last.map(({ key, time, severity }) => [key, { atMs: toPast(time), severity }])),
      digest: digest && {
        dueMs: Math.min(toMonotonic(digest.dueTime), moment.nowMs + digestMs),
        events: digest.events,
        counts: digest.counts,
      },
    },
    routing: {
      channels: new Map(
        channels.map(({ name, sent, heldBack, snooze, disabled }) => [
          name,
          { sentMs: sent.map(toPast), heldBack, snooze: snooze && restoreSpan(snooze), disabled },
        ]),
      ),
      mutes: new Map(mutes.map(({ camera, span: muted }) => [camera, restoreSpan(muted)])),
    },
  };
}
