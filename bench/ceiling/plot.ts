/** Line plots as inline SVG; pure. */
import { escaped } from './escaped.js';

export interface Line {
  name: string;
  /** What is not a number is left out. */
  points: readonly (readonly [x: number, y: number])[];
}

/** How many lines `plotCss` has colours for. */
const COLOURS = 8;
const WIDTH = 560;
const HEIGHT = 230;
const MARGIN = { left: 52, right: 14, top: 12, bottom: 40 };
const GRID = [0, 0.25, 0.5, 0.75, 1];

export interface Axes {
  xName: string;
  /** Shown at least up to here. */
  yMax: number;
  /** A line across, with its name: what must not be passed. */
  limit?: { y: number; name: string };
  /** A line from top to bottom, with its name. */
  mark?: { x: number; name: string };
  /** Where the x axis is marked; its ends and its middle otherwise. */
  ticks?: readonly number[];
  xText?: (x: number) => string;
}

/** Lines over a common x; what they are called stands below when there are several. */
export function plot(lines: readonly Line[], axes: Axes): string {
  const drawn = lines.map(({ name, points }) => ({
    name,
    points: points.filter((point) => point.every(Number.isFinite)),
  }));
  const points = drawn.flatMap((line) => line.points);
  if (points.length === 0) return '<p>Nothing was measured.</p>';
  const xs = points.map(([x]) => x);
  const [from, to] = [Math.min(...xs), Math.max(...xs)];
  const top = roundedUp(Math.max(axes.yMax, axes.limit?.y ?? 0, ...points.map(([, y]) => y)));
  const x = (value: number) =>
    round(MARGIN.left + ((value - from) / (to - from || 1)) * (WIDTH - MARGIN.left - MARGIN.right));
  const y = (value: number) =>
    round(HEIGHT - MARGIN.bottom - (value / top) * (HEIGHT - MARGIN.top - MARGIN.bottom));
  const { xText = String, ticks = [...new Set([from, Math.round((from + to) / 2), to])] } = axes;
  const parts = [
    ...GRID.map((share) => gridLine(y(share * top), short(share * top))),
    ...ticks.map((tick) => xTick(x(tick), xText(tick), tick === to && to !== from)),
    `<text class="axis" x="${WIDTH - MARGIN.right}" y="${HEIGHT - 4}" text-anchor="end">${escaped(axes.xName)}</text>`,
    ...(axes.mark ? [markLine(x(axes.mark.x), axes.mark.name)] : []),
    ...(axes.limit ? [limitLine(y(axes.limit.y), axes.limit.name)] : []),
    ...drawn.map((line, i) =>
      drawnLine(
        line.points.map(([a, b]) => [x(a), y(b)] as const),
        i % COLOURS,
      ),
    ),
  ];
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">\n${parts.join('\n')}\n</svg>${legend(drawn)}`;
}

function gridLine(y: number, label: string): string {
  return (
    `<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y}" y2="${y}"/>` +
    `<text x="${MARGIN.left - 6}" y="${y + 4}" text-anchor="end">${label}</text>`
  );
}

function limitLine(y: number, name: string): string {
  return (
    `<line class="limit" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y}" y2="${y}"/>` +
    `<text x="${MARGIN.left + 4}" y="${y + 14}">${escaped(name)}</text>`
  );
}

function markLine(x: number, name: string): string {
  const bottom = HEIGHT - MARGIN.bottom;
  return (
    `<line class="limit" x1="${x}" x2="${x}" y1="${MARGIN.top}" y2="${bottom}"/>` +
    `<text x="${x - 5}" y="${bottom - 6}" text-anchor="end">${escaped(name)}</text>`
  );
}

function xTick(x: number, label: string, isLast: boolean): string {
  return `<text x="${x}" y="${HEIGHT - 22}" text-anchor="${isLast ? 'end' : 'middle'}">${escaped(label)}</text>`;
}

function drawnLine(points: readonly (readonly [number, number])[], colour: number): string {
  const path = points.map((point) => point.join(',')).join(' ');
  const dots = points.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3"/>`).join('');
  return `<g class="line${colour}"><polyline points="${path}"/>${dots}</g>`;
}

function legend(lines: readonly Line[]): string {
  if (lines.length < 2) return '';
  const items = lines.map(({ name }, i) => `<li class="line${i % COLOURS}"><i></i>${escaped(name)}</li>`);
  return `<ul class="legend">${items.join('')}</ul>`;
}

function short(value: number): string {
  return value >= 10 ? value.toFixed(0) : String(Number(value.toPrecision(2)));
}

/** To a number whose quarters are easy to read. */
function roundedUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 6, 8].find((digit) => digit * power >= value) ?? 10) * power;
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

/** Colours differ in lightness, too, for those who do not tell hues apart. */
export const plotCss = `
svg { width: 100%; height: auto; display: block; }
svg text { fill: var(--soft); font-size: 12px; } .grid { stroke: var(--rule); }
.limit { stroke: var(--soft); stroke-dasharray: 5 4; }
polyline { fill: none; stroke: currentColor; stroke-width: 2; } circle { fill: var(--ground); stroke: currentColor; stroke-width: 2; }
.line0 { color: light-dark(#0b63c5, #62a8ff); } .line1 { color: light-dark(#b3530a, #f2a35e); }
.line2 { color: light-dark(#12743f, #58c98d); } .line3 { color: light-dark(#8a2be2, #c79bff); }
.line4 { color: light-dark(#c2185b, #ff86b3); } .line5 { color: light-dark(#0a7f8c, #5fd3df); }
.line6 { color: light-dark(#7a6a00, #d9c544); } .line7 { color: light-dark(#1b2430, #e4e9f0); }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 18px; padding: 0; margin: 6px 0 0; font-size: 14px; }
.legend i { display: inline-block; width: 14px; height: 3px; border-radius: 2px; background: currentColor; margin-right: 6px; vertical-align: middle; }
`;
