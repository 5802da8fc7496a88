/** An evaluation as one page that needs nothing else: no script, no network. */
import { readFileSync } from 'node:fs';
import { packagePath } from '../paths.js';
import { US_PER_S } from '../units.js';
import type { Evaluation } from './evaluation.js';
import type { JudgedClip } from './judged-clip.js';
import { picturesAt } from './pictures.js';
import { tallyOf, type EvalReport } from './report.js';
import { scorePlot } from './score-plot.js';
import { counted, figure, headline, seconds } from './text-report.js';

/** Decodes the clips again for the pictures of misses and false alarms. Throws what that throws. */
export function htmlReport(evaluation: Evaluation, report: EvalReport): string {
  const title = `Evaluation: ${escaped(evaluation.dataset)}`;
  const sections = evaluation.clips.map((clip, i) =>
    clipSection(clip, report.clips[i]?.auc ?? null, evaluation),
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${readFileSync(packagePath('src/eval/report.css'), 'utf8')}</style>
<main>
<h1>${title}</h1>
${headline(evaluation)
  .map((line) => `<p>${escaped(line)}</p>`)
  .join('\n')}
${areasTable(report)}
${eventsTable(evaluation, report)}
<h2>Clips</h2>
<ul class="legend">
<li class="key-score">anomaly score, 0 to 1<li class="key-threshold">threshold<li class="key-anomaly">labelled anomalous
<li class="key-event">event<li class="key-false">false alarm
</ul>
${sections.join('\n')}
</main>
</html>
`;
}

function areasTable({ online, literature }: EvalReport): string {
  return `<table>
<tr><th>Frame-level AUC<th>online<th>literature
<tr><td>all frames (micro)<td>${figure(online.micro_auc)}<td>${figure(literature.micro_auc)}
<tr><td>mean of clips (macro)<td>${figure(online.macro_auc)}<td>${figure(literature.macro_auc)}
</table>
<p class="note">Online: scores as the product emits them, without knowledge of what follows. Literature: smoothed by a
centred Gaussian and placed between each clip’s own extremes, as publications do.</p>`;
}

function eventsTable(evaluation: Evaluation, { events, cost }: EvalReport): string {
  const tally = tallyOf(evaluation);
  const { median, p95 } = events.delay_s;
  const rows = [
    ['Event recall', figure(events.recall, 3), `${tally.found} of ${tally.segments} labelled anomalies`],
    [
      'Event precision',
      figure(events.precision, 3),
      `${tally.events - tally.falseAlarms} of ${tally.events} events`,
    ],
    [
      'Detection delay, median',
      unit(median, 2, 's'),
      `p95 ${unit(p95, 2, 's')}; until the product tells of it`,
    ],
    [
      'False alarms an hour',
      figure(events.false_alarms_per_hour, 1),
      `${tally.falseAlarms} in ${seconds(tally.normalS)} of normal time`,
    ],
    ['CPU a frame', unit(cost.cpu_ms_per_frame, 2, 'ms'), 'all threads, decoding included; fits apart'],
  ];
  return `<table class="facts">
<tr><th>At the threshold<th>figure<th>made of
${rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}`).join('')}`).join('\n')}
</table>`;
}

function clipSection(clip: JudgedClip, auc: number | null, { threshold }: Evaluation): string {
  const { id, labels, frameUs, events, misses, falseAlarms } = clip;
  const facts = [
    counted(labels.length, 'frame'),
    `AUC ${figure(auc, 3)}`,
    counted(events.length, 'event'),
    ...(misses.length > 0 ? [`<b>${counted(misses.length, 'miss', 'misses')}</b>`] : []),
    ...(falseAlarms.length > 0 ? [`<b>${counted(falseAlarms.length, 'false alarm')}</b>`] : []),
  ];
  const scale =
    labels.length === 0
      ? '<p class="note">No frame of it was judged.</p>'
      : `${scorePlot(clip, threshold)}
<p class="scale"><span>${clock(frameUs[0] ?? 0)}</span><span>${clock(frameUs.at(-1) ?? 0)}</span></p>`;
  return `<section>
<h3>${escaped(id)}</h3>
<p class="facts">${facts.join(' · ')}</p>
${scale}
${gallery(clip)}
</section>`;
}

/** The middle frame of each miss and the peak of each false alarm. */
function gallery(clip: JudgedClip): string {
  const misses = clip.misses.map(({ first, end, startUs, endUs }) => ({
    atUs: clip.frameUs[Math.floor((first + end) / 2)] ?? startUs,
    caption: `Missed, ${clock(startUs)} to ${clock(endUs)}`,
  }));
  const falseAlarms = clip.falseAlarms.map(({ peakUs, topScore }) => ({
    atUs: peakUs,
    caption: `False alarm, ${clock(peakUs)}, score ${topScore.toFixed(2)}`,
  }));
  const shown = [...misses, ...falseAlarms];
  if (shown.length === 0) return '';
  const pictures = picturesAt(
    clip.file,
    shown.map(({ atUs }) => atUs),
  );
  const figures = shown.map(
    ({ atUs, caption }) =>
      `<figure><img src="${pictures.get(atUs) ?? ''}" alt=""><figcaption>${caption}</figcaption></figure>`,
  );
  return `<div class="gallery">${figures.join('\n')}</div>`;
}

function unit(value: number | null, digits: number, of: string): string {
  return value === null ? figure(null) : `${figure(value, digits)} ${of}`;
}

/** Minutes and seconds from the start of the clip. */
function clock(us: number): string {
  const tenths = Math.round((us / US_PER_S) * 10);
  const inMinute = ((tenths % 600) / 10).toFixed(1).padStart(4, '0');
  return `${Math.floor(tenths / 600)}:${inMinute}`;
}

/** Names come from the data set. */
function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
