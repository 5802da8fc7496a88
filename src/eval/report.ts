/** The figures of an evaluation, as `nunchi eval --json` prints them and `--baseline` reads them. */
import { z } from 'zod';
import type { Evaluation } from './evaluation.js';
import { quantileOf } from '../quantile.js';
import { macroAuc, microAuc, rocAuc, type ScoredFrames } from './roc.js';

const share = z.number().min(0).max(1);
const areas = z.object({
  micro_auc: share.nullable().describe('all frames pooled; null without frames of both kinds'),
  macro_auc: share.nullable().describe('mean of the clips with frames of both kinds; null without one'),
});
const count = z.int().min(0);

export const evalReportSchema = z.object({
  dataset: z.string(),
  model: z.string(),
  online: areas.describe('scores as the product emits them: causal, on one absolute scale'),
  literature: areas.describe('scores smoothed and normalised with knowledge of the whole clip'),
  events: z.object({
    recall: share.nullable().describe('segments that an event overlaps; null without segments'),
    precision: share.nullable().describe('events that overlap a segment; null without events'),
    delay_s: z
      .object({ median: z.number().nullable(), p95: z.number().nullable() })
      .describe('from the start of a segment until the product tells of it; null when none was found'),
    false_alarms_per_hour: z.number().min(0).nullable().describe('of normal time; null without any'),
  }),
  cost: z.object({ cpu_ms_per_frame: z.number().min(0) }),
  clips: z.array(
    z.object({
      id: z.string(),
      frames: count.describe('frames judged'),
      auc: share.nullable().describe('online; null without frames of both kinds'),
      events: count,
      misses: count,
      false_alarms: count,
    }),
  ),
});

export type EvalReport = z.infer<typeof evalReportSchema>;

/** What the shares of a report are made of. */
export interface Tally {
  found: number;
  segments: number;
  events: number;
  falseAlarms: number;
  /** Length of the judged frames that are labelled normal. */
  normalS: number;
  /** Length of the test footage that was not judged. */
  skippedS: number;
}

const S_PER_HOUR = 3_600;

export function tallyOf({ clips, fps }: Evaluation): Tally {
  const sum = (countOf: (clip: Evaluation['clips'][number]) => number): number =>
    clips.reduce((total, clip) => total + countOf(clip), 0);
  return {
    found: sum(({ found }) => found.length),
    segments: sum(({ found, misses }) => found.length + misses.length),
    events: sum(({ events }) => events.length),
    falseAlarms: sum(({ falseAlarms }) => falseAlarms.length),
    normalS: sum(({ labels }) => labels.filter((label) => label === 0).length) / fps,
    skippedS: sum(({ framesSkipped }) => framesSkipped) / fps,
  };
}

export interface KindTally {
  kind: string;
  found: number;
  segments: number;
}

/** Segments found by the kind of their clip, most found first; clips without a kind are left out. */
export function tallyByKind({ clips }: Evaluation): KindTally[] {
  const tallies = new Map<string, KindTally>();
  for (const { kind, found, misses } of clips) {
    if (kind === null || found.length + misses.length === 0) continue;
    const tally = tallies.get(kind) ?? { kind, found: 0, segments: 0 };
    tally.found += found.length;
    tally.segments += found.length + misses.length;
    tallies.set(kind, tally);
  }
  return [...tallies.values()].sort((a, b) => b.found / b.segments - a.found / a.segments);
}

/** Figures are rounded to four digits behind the point. */
export function reportOf(evaluation: Evaluation): EvalReport {
  const { dataset, model, clips, cpuMsPerFrame } = evaluation;
  const { found, segments, events, falseAlarms, normalS } = tallyOf(evaluation);
  const delays = clips.flatMap((clip) => clip.found.map(({ delayS }) => delayS));
  const delayOf = (q: number): number | null => (delays.length === 0 ? null : rounded(quantileOf(delays, q)));
  return {
    dataset,
    model,
    online: areasOf(clips.map(({ labels, online }) => ({ labels, scores: online }))),
    literature: areasOf(clips.map(({ labels, literature }) => ({ labels, scores: literature }))),
    events: {
      recall: ratio(found, segments),
      precision: ratio(events - falseAlarms, events),
      delay_s: { median: delayOf(0.5), p95: delayOf(0.95) },
      false_alarms_per_hour: ratio(falseAlarms * S_PER_HOUR, normalS),
    },
    cost: { cpu_ms_per_frame: rounded(cpuMsPerFrame) },
    clips: clips.map((clip) => ({
      id: clip.id,
      frames: clip.labels.length,
      auc: rounded(rocAuc({ labels: clip.labels, scores: clip.online })),
      events: clip.events.length,
      misses: clip.misses.length,
      false_alarms: clip.falseAlarms.length,
    })),
  };
}

function areasOf(clips: readonly ScoredFrames[]): z.infer<typeof areas> {
  return { micro_auc: rounded(microAuc(clips)), macro_auc: rounded(macroAuc(clips)) };
}

/** A share of a whole, rounded; null of nothing. */
export function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : rounded(part / whole);
}

function rounded(figure: number): number;
function rounded(figure: number | null): number | null;
function rounded(figure: number | null): number | null {
  return figure === null ? null : Math.round(figure * 1e4) / 1e4;
}
