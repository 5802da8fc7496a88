/** Anomaly scores over time, drawn small. */

const SPAN_S = 60;

/** The last minute of a camera's score. */
export class Sparkline {
  #canvas;
  #points = [];

  constructor(canvas) {
    this.#canvas = canvas;
  }

  /** `time` in Unix seconds, `score` in [0, 1]. */
  add(time, score) {
    const newest = this.#points.at(-1);
    if (newest !== undefined && time < newest.time) this.#points = [];
    this.#points.push({ time, score });
    while (this.#points[0].time < time - SPAN_S) this.#points.shift();
  }

  draw(threshold) {
    const to = this.#points.at(-1)?.time ?? 0;
    drawScores(this.#canvas, this.#points, threshold, { from: to - SPAN_S, to });
  }
}

/**
 * Draws `points` ({time, score}, oldest first) between two times; `threshold` may be null. The canvas keeps the size it
 * has on the page, and its style says the colours.
 */
export function drawScores(canvas, points, threshold, { from, to }) {
  const scale = devicePixelRatio;
  const width = Math.round(canvas.clientWidth * scale);
  const height = Math.round(canvas.clientHeight * scale);
  if (width === 0) return;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const style = getComputedStyle(canvas);
  const context = canvas.getContext('2d');
  const y = (score) => height - scale - score * (height - 2 * scale);
  context.clearRect(0, 0, width, height);
  if (threshold !== null) {
    context.strokeStyle = style.getPropertyValue('--threshold');
    context.lineWidth = scale;
    context.setLineDash([3 * scale, 3 * scale]);
    context.beginPath();
    context.moveTo(0, y(threshold));
    context.lineTo(width, y(threshold));
    context.stroke();
    context.setLineDash([]);
  }
  if (points.length < 2) return;
  const x = (time) => (width * (time - from)) / (to - from);
  context.beginPath();
  for (const { time, score } of points) context.lineTo(x(time), y(score));
  context.strokeStyle = style.color;
  context.lineWidth = 1.5 * scale;
  context.lineJoin = 'round';
  context.stroke();
  context.lineTo(x(points.at(-1).time), height);
  context.lineTo(x(points[0].time), height);
  context.globalAlpha = 0.14;
  context.fillStyle = style.color;
  context.fill();
  context.globalAlpha = 1;
}
