/** An evaluation for people, as plain text. */
import type { FigureChange } from './baseline.js';
import type { Evaluation } from './evaluation.js';
import { ratio, tallyByKind, tallyOf, type EvalReport } from './report.js';

const NOTHING = '-';

/** The figures, by kind where the data set names kinds, and a line for each test clip; ends with a line break. */
export function textReport(evaluation: Evaluation, report: EvalReport): string {
  const { online, literature, events, cost } = report;
  const tally = tallyOf(evaluation);
  const { median, p95 } = events.delay_s;
  const areas = columns([
    ['frame-level AUC', 'online', 'literature'],
    ['all frames (micro)', figure(online.micro_auc), figure(literature.micro_auc)],
    ['mean of clips (macro)', figure(online.macro_auc), figure(literature.macro_auc)],
  ]);
  const atThreshold = columns([
    ['event recall', figure(events.recall), `${tally.found} of ${tally.segments} anomalies`],
    [
      'event precision',
      figure(events.precision),
      `${tally.events - tally.falseAlarms} of ${tally.events} events`,
    ],
    ['detection delay (s)', figure(median, 2), `median; p95 ${figure(p95, 2)}`],
    [
      'false alarms an hour',
      figure(events.false_alarms_per_hour, 1),
      `${tally.falseAlarms} in ${seconds(tally.normalS)} of normal time`,
    ],
    ['CPU a frame (ms)', figure(cost.cpu_ms_per_frame, 2), 'all threads, decoding included; fits apart'],
  ]);
  const kinds = tallyByKind(evaluation).map(({ kind, found, segments }) => [
    kind,
    figure(ratio(found, segments)),
    `${found} of ${segments} anomalies`,
  ]);
  const byKind = kinds.length === 0 ? [] : [columns([['event recall by kind', '', ''], ...kinds]), ''];
  const clips = columns([
    ['clip', 'frames', 'AUC', 'events', 'misses', 'false alarms'],
    ...report.clips.map((clip) => [
      clip.id,
      String(clip.frames),
      figure(clip.auc, 3),
      String(clip.events),
      String(clip.misses),
      String(clip.false_alarms),
    ]),
  ]);
  return `${[...headline(evaluation), '', areas, '', atThreshold, '', ...byKind, clips].join('\n')}\n`;
}

/** What was evaluated, and what the figures leave out. */
export function headline(evaluation: Evaluation): string[] {
  const { dataset, model, threshold, cameras, trainClips, trainSeconds, clips } = evaluation;
  const calibration =
    trainClips === 0
      ? 'no train clips'
      : `calibrated on ${counted(trainClips, 'train clip')} (${seconds(trainSeconds)})`;
  const tested = counted(clips.length, 'test clip') + (cameras > 1 ? ` of ${cameras} cameras` : '');
  const lines = [`${dataset}: ${model} at threshold ${threshold}, ${calibration}, ${tested}`];
  const { skippedS } = tallyOf(evaluation);
  if (skippedS > 0) {
    const why = 'the camera was warming up, or the clip too short for one window';
    lines.push(`${seconds(skippedS)} of the test clips are in no figure: ${why}. Longer train clips help.`);
  }
  return lines;
}

/** Every figure before and now, with those marked that make the gate fail; ends with a line break. */
export function textComparison(changes: readonly FigureChange[]): string {
  const rows = changes.map(({ name, before, now, allowed, regressed }) => [
    name,
    figure(before),
    figure(now),
    change(before, now),
    regressed ? `WORSE, allowed is ${allowed ?? NOTHING}` : '',
  ]);
  return `${columns([['against the baseline', 'before', 'now', 'change', ''], ...rows])}\n`;
}

/** A figure, or what stands for none. */
export function figure(value: number | null, digits = 4): string {
  return value === null ? NOTHING : value.toFixed(digits);
}

/** A number of things, with its word. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** A duration of any length. */
export function seconds(value: number): string {
  return `${value.toFixed(value < 100 ? 1 : 0)} s`;
}

function change(before: number | null, now: number | null): string {
  if (before === null || now === null) return NOTHING;
  return `${now < before ? '' : '+'}${(now - before).toFixed(4)}`;
}

/** Lines of equal columns: words to the left, figures to the right. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    rows.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), 0),
  );
  const isFigure = (text: string): boolean => /^[-+]?[\d.]*$/.test(text);
  const isRight = widths.map((_, column) => rows.slice(1).every((row) => isFigure(row[column] ?? '')));
  return rows
    .map((row) =>
      row
        .map((cell, i) => (isRight[i] === true ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
