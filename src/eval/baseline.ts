/** The regression gate: an earlier report against a new one. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { AppError } from '../errors.js';
import { evalReportSchema, type EvalReport } from './report.js';

interface GatedFigure {
  name: string;
  of: (report: EvalReport) => number | null;
  /** Which way is worse. */
  worse: 'lower' | 'higher';
  /** By how much it may get worse; null when it is only shown. */
  allowed: number | null;
}

export interface FigureChange {
  name: string;
  before: number | null;
  now: number | null;
  allowed: number | null;
  /** Got worse by more than is allowed, or is no longer there. */
  regressed: boolean;
}

const AREA_FALL = 0.005;
const SHARE_FALL = 0.02;
const DELAY_RISE_S = 0.2;
const FALSE_ALARMS_RISE = 1;
/** Figures are decimal fractions: their difference may exceed what is allowed by a rounding error. */
const ROUNDING = 1e-9;

const figures: readonly GatedFigure[] = [
  { name: 'online micro AUC', of: ({ online }) => online.micro_auc, worse: 'lower', allowed: AREA_FALL },
  { name: 'online macro AUC', of: ({ online }) => online.macro_auc, worse: 'lower', allowed: AREA_FALL },
  {
    name: 'literature micro AUC',
    of: ({ literature }) => literature.micro_auc,
    worse: 'lower',
    allowed: AREA_FALL,
  },
  {
    name: 'literature macro AUC',
    of: ({ literature }) => literature.macro_auc,
    worse: 'lower',
    allowed: AREA_FALL,
  },
  { name: 'event recall', of: ({ events }) => events.recall, worse: 'lower', allowed: SHARE_FALL },
  { name: 'event precision', of: ({ events }) => events.precision, worse: 'lower', allowed: SHARE_FALL },
  {
    name: 'delay, median (s)',
    of: ({ events }) => events.delay_s.median,
    worse: 'higher',
    allowed: DELAY_RISE_S,
  },
  { name: 'delay, p95 (s)', of: ({ events }) => events.delay_s.p95, worse: 'higher', allowed: DELAY_RISE_S },
  {
    name: 'false alarms an hour',
    of: ({ events }) => events.false_alarms_per_hour,
    worse: 'higher',
    allowed: FALSE_ALARMS_RISE,
  },
  // It depends on the machine and on what else runs there.
  { name: 'CPU a frame (ms)', of: ({ cost }) => cost.cpu_ms_per_frame, worse: 'higher', allowed: null },
];

/**
 * Reads what `--json` printed earlier for the data set of this name. Throws `config.invalid` when it cannot be read,
 * is no such report, or is one of another data set.
 */
export function readBaseline(file: string, dataset: string): EvalReport {
  const invalid = (problem: string, cause?: unknown): AppError =>
    new AppError('config.invalid', `--baseline ${file}: ${problem}`, { file }, cause);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalid(`${reason}; name a file that holds what eval --json printed`, error);
  }
  const parsed = evalReportSchema.safeParse(content);
  if (!parsed.success)
    throw invalid(`it is not what eval --json prints:\n${z.prettifyError(parsed.error)}`, parsed.error);
  if (parsed.data.dataset !== dataset)
    throw invalid(`it holds the figures of ${parsed.data.dataset}, not of ${dataset}`);
  return parsed.data;
}

/** Every figure's change, in a fixed order. */
export function compareReports(before: EvalReport, now: EvalReport): FigureChange[] {
  return figures.map(({ name, of, worse, allowed }) => {
    const change = { name, before: of(before), now: of(now), allowed };
    return { ...change, regressed: allowed !== null && fell(change.before, change.now, worse, allowed) };
  });
}

function fell(
  before: number | null,
  now: number | null,
  worse: 'lower' | 'higher',
  allowed: number,
): boolean {
  if (before === null) return false;
  if (now === null) return true;
  const loss = worse === 'lower' ? before - now : now - before;
  return loss > allowed + ROUNDING;
}
