import { z } from 'zod';

export const severities = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

export const verdicts = ['unverified', 'confirmed', 'rejected', 'verification-failed'] as const;

/** Rank of a severity: 0 (low) to 3 (critical). */
export function severityRank(severity: Severity): number {
  return severities.indexOf(severity);
}

/** What the VAD says of one frame of one camera. */
export interface Score {
  camera: string;
  /** Monotonic stream time of the frame in microseconds. */
  ptsUs: number;
  /** Capture time, Unix seconds. */
  wallTime: number;
  /** In [0, 1]; never NaN. */
  anomalyScore: number;
}

/** Where in a picture something is. */
export interface Place {
  /** x, y, width and height of the box around it: shares of the picture's sides from its top left corner, in [0, 1]. */
  box: [x: number, y: number, width: number, height: number];
  /** How much of it is in each cell: uint8 [24, 24], 255 where it is strongest. */
  heat: Uint8Array;
}

/** One anomaly episode of one camera, as clients, the store and alerts see it. Times are Unix seconds. */
export const anomalyEventSchema = z
  .strictObject({
    id: z.uuid({ version: 'v7' }).describe('sortable by start, unique'),
    camera: z.string(),
    label: z.string().describe('what happened; "anomaly" until a verdict names it'),
    severity: z.enum(severities),
    state: z.enum(['new', 'ended']),
    start_time: z.number(),
    end_time: z.number().nullable(),
    top_score: z.number().min(0).max(1),
    threshold: z.number().min(0).max(1),
    verdict: z.enum(verdicts),
    summary: z.string(),
    reasoning: z.string(),
    actions: z.array(z.string()),
    has_snapshot: z.boolean(),
    has_clip: z.boolean(),
    kept: z
      .boolean()
      .default(false)
      .describe('somebody asked to keep it: neither it nor its media are removed'),
    models: z.array(z.strictObject({ name: z.string(), sha256: z.string() })),
    data: z.record(
      z.string(),
      z.union([z.string(), z.number(), z.boolean(), z.array(z.number()), z.array(z.string())]),
    ),
  })
  .meta({ id: 'Event' });

export type AnomalyEvent = z.infer<typeof anomalyEventSchema>;

/** What somebody says of an event; stored with it as `data.feedback` and `data.feedback_note`. */
export const feedbackSchema = z.strictObject({
  verdict: z.enum(['right', 'false_alarm']),
  note: z.string().max(500, 'is longer than 500 characters').optional(),
});

export type Feedback = z.infer<typeof feedbackSchema>;

/** What an alert says of an event. */
export const alertedEventSchema = z.strictObject({
  id: z.string(),
  ...anomalyEventSchema.pick({
    camera: true,
    label: true,
    severity: true,
    top_score: true,
    start_time: true,
    summary: true,
    verdict: true,
    has_snapshot: true,
  }).shape,
  camera_name: z.string(),
  zones: z.array(z.string()).describe('names of those in which it was strongest'),
});

export type AlertedEvent = z.infer<typeof alertedEventSchema>;

export const alertKinds = ['immediate', 'digest', 'notice', 'test'] as const;

/** A message for people: one event at once, a digest of several, or something about the alerts themselves. */
export const alertSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(alertKinds),
  severity: z.enum(severities),
  time: z.number().describe('Unix seconds'),
  events: z.array(alertedEventSchema).readonly().describe('oldest first, 100 at most'),
  count: z.int().min(0).describe('of the events, also of those that are not listed'),
  counts: z
    .array(z.strictObject({ camera: z.string(), label: z.string(), count: z.int().min(1) }))
    .readonly()
    .describe('of the events, by camera and label'),
  text: z.string().nullable().describe('what a notice or a test says; null where the events speak'),
});

export type Alert = z.infer<typeof alertSchema>;
