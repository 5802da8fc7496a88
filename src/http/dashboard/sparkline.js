/** The last minute of a camera's anomaly score, drawn small. */

const SPAN_S = 60;

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
    const canvas = this.#canvas;
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
    if (this.#points.length < 2) return;
    const end = this.#points.at(-1).time;
    const x = (time) => width * (1 - (end - time) / SPAN_S);
    context.beginPath();
    for (const { time, score } of this.#points) context.lineTo(x(time), y(score));
    context.strokeStyle = style.color;
    context.lineWidth = 1.5 * scale;
    context.lineJoin = 'round';
    context.stroke();
    context.lineTo(width, height);
    context.lineTo(x(this.#points[0].time), height);
    context.globalAlpha = 0.14;
    context.fillStyle = style.color;
    context.fill();
    context.globalAlpha = 1;
  }
}
