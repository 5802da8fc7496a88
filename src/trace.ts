import { z } from 'zod';
import { severities } from './event.js';

/** How a candidate was decided on, step by step: what is stored, and what is served. */

/** Characters of what a model wrote that are kept. */
const MAX_RAW_OUTPUT = 4_096;
/** Points of a score series, and steps, at most. */
export const MAX_TRACE_POINTS = 600;
export const MAX_TRACE_STEPS = 100;

/** Seconds after the trace's `start_time`; negative before it. */
const t = z.number();
const ms = z.number().min(0).describe('milliseconds');
const model = z.strictObject({ name: z.string(), sha256: z.string() });
const rawOutput = z.string().max(MAX_RAW_OUTPUT);

const stepSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('opened'), t, score: z.number() }),
  z.strictObject({ type: z.literal('peaked'), t, score: z.number() }),
  z.strictObject({ type: z.literal('ended'), t }),
  z.strictObject({ type: z.literal('queued'), t, waiting: z.int().describe('this one among them') }),
  z.strictObject({
    type: z.literal('clip'),
    t,
    pictures: z.int(),
    seconds_before: z
      .array(z.number())
      .describe('of each picture, or tile of one: before the frame that is looked at'),
  }),
  z.strictObject({ type: z.literal('late'), t }),
  z.strictObject({
    type: z.literal('asked'),
    t,
    model,
    prompt: z.string().describe('its version'),
    waited_ms: ms.describe('in the queue of candidates'),
  }),
  z.strictObject({
    type: z.literal('answered'),
    t,
    verdict: z.enum(['confirmed', 'rejected']),
    label: z.string(),
    confidence: z.number(),
    raw_output: rawOutput,
    tokens: z.int(),
    waited_ms: ms.describe('for its turn on the device'),
    run_ms: ms,
  }),
  z.strictObject({
    type: z.literal('failed'),
    t,
    reason: z.string(),
    raw_output: rawOutput.nullable(),
    run_ms: ms,
  }),
  z.strictObject({
    type: z.literal('unverified'),
    t,
    reason: z.string(),
    detail: z.string().nullable().describe('what was wrong; for a merged one the id that stands for both'),
  }),
  z.strictObject({
    type: z.literal('decided'),
    t,
    by: z.enum(['agent', 'policy']),
    fallback: z.string().nullable().describe('why the policy decided though there is a model'),
    rule: z.string(),
    overruled: z.array(z.string()).describe('what the model wanted and was not let do'),
    label: z.string(),
    severity: z.enum(severities),
    actions: z.array(z.string()),
    reasoning: z.string(),
    visited: z.array(z.strictObject({ node: z.string(), ms })).describe('stages of the agent, in order'),
    model: model.nullable(),
    raw_output: rawOutput.nullable(),
    model_ms: ms,
  }),
  z.strictObject({
    type: z.literal('alert'),
    t,
    outcome: z.enum(['immediate', 'digested', 'suppressed']),
    why: z.string().nullable(),
  }),
]);

export const traceOutcomes = ['event', 'nothing'] as const;
type TraceOutcome = (typeof traceOutcomes)[number];

export const traceSchema = z.strictObject({
  id: z.uuid({ version: 'v7' }).describe('that of the event, if it became one; sortable by start'),
  camera: z.string(),
  outcome: z.enum(traceOutcomes),
  why: z
    .enum(['too_short', 'interrupted'])
    .nullable()
    .describe('became nothing: the score fell again at once, or the picture could not be judged any more'),
  state: z
    .enum(['open', 'complete', 'cut_short'])
    .describe('cut short: the process stopped, or too many were open'),
  start_time: z.number().describe('Unix seconds, of the first score that reached the threshold'),
  threshold: z.number(),
  scores: z.strictObject({
    t: z.array(t).max(MAX_TRACE_POINTS),
    s: z.array(z.number()).max(MAX_TRACE_POINTS),
  }),
  steps: z.array(stepSchema).max(MAX_TRACE_STEPS),
});

export type Trace = z.infer<typeof traceSchema>;
/** For lists: all but the score series. */
export type TraceSummary = Omit<Trace, 'scores'>;
type TraceStep = Trace['steps'][number];
/** A step whose time is not set yet. */
export type UntimedStep = WithoutTime<TraceStep>;
type WithoutTime<Step> = Step extends unknown ? Omit<Step, 't'> : never;

export interface TraceQuery {
  camera?: string | undefined;
  outcome?: TraceOutcome | undefined;
  /** Traces at most, 1 to 200. */
  limit: number;
}

/** The start of what a model wrote. */
export function cappedOutput(text: string): string {
  return text.slice(0, MAX_RAW_OUTPUT);
}

export function summaryOf({ scores: _scores, ...summary }: Trace): TraceSummary {
  return summary;
}
