import type { JudgedClip } from './judged-clip.js';

/** Units of the drawing; the page stretches it to its own width and height. */
const WIDTH = 1000;
const HEIGHT = 100;

/**
 * An SVG of one clip's anomaly score over time, scores from 0 at the bottom to 1 at the top: labelled segments as
 * bands, the threshold as a line, each event as a bar below its scores. It has no text, since it is stretched.
 */
export function scorePlot(clip: JudgedClip, threshold: number): string {
  const { frameUs, online, found, misses, events, falseAlarms } = clip;
  const startUs = frameUs[0] ?? 0;
  const lengthUs = Math.max(1, (frameUs.at(-1) ?? 0) - startUs);
  const x = (us: number): string => (((us - startUs) / lengthUs) * WIDTH).toFixed(1);
  const y = (score: number): string => ((1 - score) * HEIGHT).toFixed(1);
  const segments = [...found.map(({ segment }) => segment), ...misses];
  const band = (from: number, to: number, style: string): string =>
    `<rect class="${style}" x="${x(from)}" width="${(((to - from) / lengthUs) * WIDTH).toFixed(1)}" y="0" height="${HEIGHT}"/>`;
  const bar = (from: number, to: number, style: string): string =>
    `<line class="${style}" x1="${x(from)}" x2="${x(to)}" y1="${HEIGHT - 3}" y2="${HEIGHT - 3}"/>`;
  return [
    `<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img">`,
    `<title>Anomaly score of ${frameUs.length} frames</title>`,
    ...segments.map(({ startUs: from, endUs: to }) => band(from, to, 'anomaly')),
    `<line class="threshold" x1="0" x2="${WIDTH}" y1="${y(threshold)}" y2="${y(threshold)}"/>`,
    `<polyline class="score" points="${steps(online, frameUs, x, y)}"/>`,
    ...events.map((event) =>
      bar(event.startUs, event.endUs, falseAlarms.includes(event) ? 'event false' : 'event'),
    ),
    '</svg>',
  ].join('');
}

/** A score holds until the next, and only where it changes a point is needed. */
function steps(
  scores: readonly number[],
  frameUs: readonly number[],
  x: (us: number) => string,
  y: (score: number) => string,
): string {
  const points: string[] = [];
  scores.forEach((score, frame) => {
    const before = scores[frame - 1];
    const isLast = frame === scores.length - 1;
    if (before === score && !isLast) return;
    const at = x(frameUs[frame] ?? 0);
    if (before !== undefined) points.push(`${at},${y(before)}`);
    points.push(`${at},${y(score)}`);
  });
  return points.join(' ');
}
