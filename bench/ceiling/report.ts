/** The result as one HTML file that needs nothing else: figures, and plots as inline SVG. */
import { escaped } from './escaped.js';
import { levels, type Step } from './levels.js';
import { plot, plotCss, type Axes, type Line } from './plot.js';
import { ceilingText, type CeilingResult } from './result.js';
import { stageNames, type StageId } from './stages.js';
import { stageRows, stepRows, targetRows, type Row } from './tables.js';

export function ceilingReport(result: CeilingResult): string {
  const { steps, targets_differ: differ } = result;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>How many cameras fit</title><style>${css}${plotCss}</style></head><body><main>
<h1><strong>${ceilingText(result)}</strong></h1>
<p>${escaped(loadText(result))}</p>
<p class="note">${escaped(machineText(result))}</p>
<p>${found(result)}</p>
<h2>Targets</h2>
${differ.length === 0 ? '' : `<p class="note">They are set for something else, so take them as a hint: ${escaped(differ.join(', '))}.</p>`}
${table(targetRows(result.targets), ({ holds }) => holds === 'no')}
<h2>How the cost grows</h2>
<div class="plots">
${plots(result)}
</div>
<h2>Cost of each stage</h2>
${stageTable(steps)}
<h2>Every step</h2>
${table(stepRows(steps), ({ broken }) => broken !== 'no')}
<p class="note">Service levels: ${levels.map(({ name, limit }) => escaped(`${name} ${limit}`)).join('; ')}.</p>
</main></body></html>
`;
}

function loadText(result: CeilingResult): string {
  const { profile, codec, source, stream_kbit_s, vad_fps, vad_model, tiles, vlm_load } = result;
  const from = source === 'rtsp' ? 'over RTSP' : 'from files';
  const vlm = vlm_load === null ? '' : `, ${vlm_load} alarms a minute each for the VLM`;
  return `fit: ${profile} each, ${codec} of ${stream_kbit_s} kbit/s ${from}, ${vad_fps} frames a second scored by ${vad_model}, ${tiles} watched live${vlm}.`;
}

function machineText({ machine, quick, cut_short, measured_at }: CeilingResult): string {
  const { cpu, cores, memory_mb, nunchi, node, decode_backend } = machine;
  const hint = cut_short
    ? ' Cut short: take it as a hint.'
    : quick
      ? ' Measured quickly: take it as a hint.'
      : '';
  return (
    `${new Date(measured_at * 1_000).toISOString().slice(0, 10)} on ${cpu}, ${cores} cores, ` +
    `${Math.round(memory_mb / 1024)} GiB; Nunchi ${nunchi}, Node.js ${node}, decoded by ${decode_backend}.${hint}`
  );
}

function found({ broke_on, cameras_broke, bottleneck, lift }: CeilingResult): string {
  if (cameras_broke === null) return `No service level broke. It helps to find more: ${escaped(lift)}.`;
  return `${cameras_broke} broke <b>${escaped(broke_on.join(', '))}</b>. In the way: <b>${escaped(bottleneck)}</b>. It helps: ${escaped(lift)}.`;
}

function plots({ steps, cameras }: CeilingResult): string {
  const ticks = cameraTicks(steps);
  const over = (caption: string, y: (step: Step) => number, axes: Omit<Axes, 'xName'>) =>
    figure(
      caption,
      plot([{ name: caption, points: steps.map((step) => [step.cameras, y(step)]) }], {
        xName: 'cameras',
        ticks,
        ...axes,
      }),
    );
  return [
    over('CPU of all cores, %', (step) => step.cpu_percent, {
      yMax: 100,
      ...(cameras > 0 && steps.length > 1 ? { mark: { x: cameras, name: `${cameras} fit` } } : {}),
    }),
    over('Capture to score, ms (p95)', (step) => step.capture_to_score_ms.p95, {
      yMax: 200,
      limit: { y: 200, name: 'service level' },
    }),
    figure(
      'CPU a camera and second, ms, stage by stage',
      plot(stageLines(steps), { xName: 'cameras', ticks, yMax: 1 }),
    ),
    latencyFigure(steps),
    over('Main-loop delay, ms (p99)', (step) => step.loop_delay_ms_p99, {
      yMax: 20,
      limit: { y: 20, name: 'service level' },
    }),
    over('VAD frames left out, %', (step) => step.vad_drop_ratio * 100, {
      yMax: 2,
      limit: { y: 1, name: 'service level' },
    }),
    over('Live view, FPS of the camera that shows least', (step) => step.live_fps_min ?? NaN, {
      yMax: 6,
      limit: { y: 4.75, name: 'service level' },
    }),
    over('Memory, MB', (step) => step.rss_mb, { yMax: 100 }),
  ].join('\n');
}

/** Numbers that are too near each other would be written over each other. */
function cameraTicks(steps: readonly Step[]): number[] {
  const most = Math.max(...steps.map(({ cameras }) => cameras));
  const ticks: number[] = [];
  for (const { cameras } of steps.toReversed())
    if (ticks.every((tick) => Math.abs(tick - cameras) >= most / 12)) ticks.push(cameras);
  return ticks;
}

/** All stages together come last. */
function stageLines(steps: readonly Step[]): Line[] {
  const told = steps.flatMap(({ cameras, stages }) => (stages === null ? [] : [{ cameras, stages }]));
  const ms = (stages: NonNullable<Step['stages']>, id: StageId) =>
    stages.find((stage) => stage.id === id)?.cpu_ms_per_camera_second ?? 0;
  const ids = Object.keys(stageNames) as StageId[];
  const lines = ids.map((id) => ({
    name: stageNames[id],
    points: told.map(({ cameras, stages }) => [cameras, ms(stages, id)] as const),
  }));
  const all = told.map(
    ({ cameras, stages }) => [cameras, ids.reduce((sum, id) => sum + ms(stages, id), 0)] as const,
  );
  return told.length === 0 ? [] : [...lines, { name: 'all', points: all }];
}

/** Of the fewest and the most cameras; milliseconds on a logarithmic axis. */
function latencyFigure(steps: readonly Step[]): string {
  const shown = [...new Set([steps[0], steps.at(-1)])].flatMap((step) => step ?? []);
  const lines = shown.map((step) => ({
    name: step.cameras === 1 ? '1 camera' : `${step.cameras} cameras`,
    points: step.latency.map(({ ms, share }) => [Math.log10(ms), share * 100] as const),
  }));
  const axes = {
    xName: 'ms',
    yMax: 100,
    ticks: [0, 1, 2, 3, 4],
    xText: (x: number) => (10 ** x).toLocaleString('en'),
  };
  return figure('Capture to score: % of the frames scored by then', plot(lines, axes));
}

function stageTable(steps: readonly Step[]): string {
  const rows = stageRows(steps);
  return rows.length === 0
    ? '<p class="note">This system does not tell the CPU time of threads; Linux does.</p>'
    : table(rows, () => false);
}

function table(rows: readonly Row[], isBad: (row: Row) => boolean): string {
  const heads = Object.keys(rows[0] ?? {}).map((head) => `<th scope="col">${escaped(head)}</th>`);
  const lines = rows.map((row) => {
    const cells = Object.values(row).map((cell) => `<td>${escaped(cell)}</td>`);
    return `<tr${isBad(row) ? ' class="bad"' : ''}>${cells.join('')}</tr>`;
  });
  return `<div class="scroll"><table><thead><tr>${heads.join('')}</tr></thead><tbody>\n${lines.join('\n')}\n</tbody></table></div>`;
}

function figure(caption: string, content: string): string {
  return `<figure><figcaption>${escaped(caption)}</figcaption>${content}</figure>`;
}

const css = `
:root { color-scheme: light dark; --ink: light-dark(#1b2430, #e4e9f0); --soft: light-dark(#5b6675, #9aa7b8);
  --ground: light-dark(#fff, #12171e); --rule: light-dark(#dde3ea, #2b3440); --bad: light-dark(#b3530a, #f2a35e); }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 24px 16px 48px; }
h1 { font-weight: 500; margin: 0; } h1 strong { font-size: clamp(1.2em, 8vw, 2em); line-height: 1.2; } h2 { margin: 32px 0 8px; font-size: 1.1em; }
p { margin: 6px 0; max-width: 80ch; } .note { color: var(--soft); font-size: 14px; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 24px; margin-top: 16px; }
figure { margin: 0; } figcaption { font-weight: 600; margin-bottom: 4px; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 14px; }
th, td { padding: 6px 10px; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap; }
td:first-child { white-space: normal; min-width: 12ch; }
th:first-child, td:first-child, th:last-child, td:last-child { text-align: left; }
@media (max-width: 600px) { th, td { white-space: normal; padding: 6px 5px; } }
.bad td:last-child { color: var(--bad); font-weight: 600; }
`;
