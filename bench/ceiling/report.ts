/** The result as one HTML file that needs nothing else: figures, and plots as inline SVG. */
import { brokenLevels, levels, type Step } from './levels.js';

export interface CeilingResult {
  profile: string;
  cameras: number;
  broke_on: string[];
  bottleneck: string;
  lift: string;
  vad_fps: number;
  tiles: number;
  vlm_load: boolean;
  quick: boolean;
  machine: { cpu: string; cores: number; memory_mb: number };
}

const WIDTH = 560;
const HEIGHT = 220;
const MARGIN = { left: 48, right: 12, top: 12, bottom: 30 };

export function ceilingReport(result: CeilingResult, steps: readonly Step[]): string {
  const { machine } = result;
  const isOpen = result.broke_on.length === 0;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>How many cameras fit</title><style>${css}</style></head><body><main>
<h1><strong>${result.cameras}</strong> ${isOpen ? 'or more cameras fit' : 'cameras fit'}</h1>
<p>${text(result.profile)} each, ${result.vad_fps} frames a second scored, ${result.tiles} watched live${
    result.vlm_load ? ', with a busy VLM' : ''
  }. Measured on ${text(machine.cpu)}, ${machine.cores} cores, ${Math.round(machine.memory_mb / 1024)} GiB${
    result.quick ? ', quickly: take it as a hint' : ''
  }.</p>
<p>${isOpen ? 'No service level broke' : `What broke with more: <b>${text(result.broke_on.join(', '))}</b>`}. In the way: <b>${text(result.bottleneck)}</b>. It helps: ${text(result.lift)}.</p>
<div class="plots">
${figure('CPU of all cores, %', plot([{ name: 'CPU', points: steps.map((s) => [s.cameras, s.cpu_percent]) }], 100))}
${figure('Capture to score, ms (p95)', plot([{ name: 'p95', points: steps.map((s) => [s.cameras, s.capture_to_score_ms.p95]) }], 200))}
${figure('CPU time a camera and second, ms', plot(stageLines(steps), 1))}
${figure('Capture to score: share of frames scored by then', latencyPlot(steps))}
</div>
<h2>Every step</h2>
<div class="scroll"><table><thead><tr>${heads.map((head) => `<th scope="col">${text(head)}</th>`).join('')}</tr></thead><tbody>
${steps.map(row).join('\n')}
</tbody></table></div>
<p class="note">Service levels: ${levels.map(({ name, limit }) => `${text(name)} ${text(limit)}`).join('; ')}.</p>
</main></body></html>
`;
}

interface Line {
  name: string;
  points: (readonly [x: number, y: number])[];
}

function stageLines(steps: readonly Step[]): Line[] {
  const names = steps[0]?.stages.map(({ name }) => name) ?? [];
  return names.map((name, stage) => ({
    name,
    points: steps.map((step) => [step.cameras, step.stages[stage]?.cpu_ms_per_camera_second ?? NaN]),
  }));
}

/** Of the fewest and the most cameras; milliseconds on a logarithmic axis. */
function latencyPlot(steps: readonly Step[]): string {
  const shown = [...new Set([steps[0], steps.at(-1)])].flatMap((step) => step ?? []);
  const lines = shown.map((step) => ({
    name: step.cameras === 1 ? '1 camera' : `${step.cameras} cameras`,
    points: step.latency.map(({ ms, share }) => [Math.log10(ms), share * 100] as const),
  }));
  return plot(lines, 100, (x) => `${Number((10 ** x).toPrecision(2))} ms`);
}

/** Lines over a common x; `yMax` is shown at least. */
function plot(
  lines: readonly Line[],
  yMax: number,
  xText = (x: number) => String(Number(x.toFixed(1))),
): string {
  const points = lines.flatMap((line) => line.points).filter(([, y]) => Number.isFinite(y));
  if (points.length === 0) return '<p>Nothing was measured.</p>';
  const xs = points.map(([x]) => x);
  const [from, to] = [Math.min(...xs), Math.max(...xs)];
  const top = Math.max(yMax, ...points.map(([, y]) => y));
  const x = (value: number) =>
    MARGIN.left + ((value - from) / (to - from || 1)) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (value: number) => HEIGHT - MARGIN.bottom - (value / top) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => share * top);
  const ticks = [...new Set([from, Math.round((from + to) / 2), to])];
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">
${grid.map((value) => `<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(value)}" y2="${y(value)}"/><text x="${MARGIN.left - 6}" y="${y(value) + 4}" text-anchor="end">${short(value)}</text>`).join('')}
${ticks.map((value) => `<text x="${x(value)}" y="${HEIGHT - 8}" text-anchor="${value === to ? 'end' : 'middle'}">${xText(value)}</text>`).join('')}
${lines
  .map(
    (line, i) =>
      `<polyline class="line${i}" points="${line.points.map(([a, b]) => `${x(a).toFixed(1)},${y(b).toFixed(1)}`).join(' ')}"/>` +
      line.points
        .map(([a, b]) => `<circle class="line${i}" cx="${x(a).toFixed(1)}" cy="${y(b).toFixed(1)}" r="3"/>`)
        .join(''),
  )
  .join('\n')}
</svg>${lines.length > 1 ? `<ul class="legend">${lines.map(({ name }, i) => `<li class="line${i}">${text(name)}</li>`).join('')}</ul>` : ''}`;
}

function figure(caption: string, content: string): string {
  return `<figure><figcaption>${text(caption)}</figcaption>${content}</figure>`;
}

const heads = [
  'cameras',
  'CPU %',
  'p50 ms',
  'p95 ms',
  'p99 ms',
  'VAD drops %',
  'live FPS min',
  'loop p99 ms',
  'store lag s',
  'RSS MB',
  'broken',
];

function row(step: Step): string {
  const { p50, p95, p99 } = step.capture_to_score_ms;
  const broken = brokenLevels(step);
  const cells = [
    step.cameras,
    step.cpu_percent.toFixed(0),
    p50.toFixed(0),
    p95.toFixed(0),
    p99.toFixed(0),
    (step.vad_drop_ratio * 100).toFixed(1),
    step.live_fps_min?.toFixed(2) ?? '–',
    step.loop_delay_ms_p99.toFixed(1),
    step.store_lag_s.toFixed(1),
    step.rss_mb.toFixed(0),
    broken.length === 0 ? 'no' : broken.join(', '),
  ];
  return `<tr${broken.length === 0 ? '' : ' class="broken"'}>${cells.map((cell) => `<td>${text(String(cell))}</td>`).join('')}</tr>`;
}

function short(value: number): string {
  return value >= 10 ? value.toFixed(0) : String(Number(value.toPrecision(2)));
}

function text(plain: string): string {
  return plain
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const css = `
:root { color-scheme: light dark; --ink: light-dark(#1b2430, #e4e9f0); --soft: light-dark(#5b6675, #9aa7b8);
  --ground: light-dark(#fff, #12171e); --rule: light-dark(#dde3ea, #2b3440);
  --a: light-dark(#0b63c5, #62a8ff); --b: light-dark(#b3530a, #f2a35e); --c: light-dark(#1c7d4d, #58c98d); }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 24px 16px 48px; }
h1 { font-weight: 500; margin: 0; } h1 strong { font-size: 2em; } h2 { margin: 32px 0 8px; font-size: 1.1em; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 24px; margin-top: 24px; }
figure { margin: 0; } figcaption { font-weight: 600; margin-bottom: 4px; } svg { width: 100%; height: auto; }
svg text { fill: var(--soft); font-size: 12px; } .grid { stroke: var(--rule); }
polyline { fill: none; stroke-width: 2; } .line0 { stroke: var(--a); color: var(--a); }
.line1 { stroke: var(--b); color: var(--b); } .line2 { stroke: var(--c); color: var(--c); }
circle { fill: var(--ground); stroke-width: 2; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; padding: 0 0 0 18px; margin: 4px 0 0; font-size: 14px; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 14px; }
th, td { padding: 6px 10px; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th:last-child, td:last-child { text-align: left; } .broken td:last-child { color: var(--b); font-weight: 600; }
.note { color: var(--soft); font-size: 14px; }
`;
