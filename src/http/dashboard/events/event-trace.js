/** How an event was decided on: its scores, and every step from the onset to the alert. */
import { request } from '../access.js';
import { element, percent, setText } from '../elements.js';
import { drawScores } from '../live/sparkline.js';
import { stepEntry } from './trace-steps.js';

const LOOK_AGAIN_MS = 2_000;

export class TraceView {
  #section;
  #notice;
  #canvas;
  #caption;
  #steps;
  /** Id of the event that is shown. */
  #eventId = null;
  #trace = null;
  /** Counts requests: only the answer to the newest is shown. */
  #looks = 0;
  #nextLook = null;

  constructor(section) {
    const part = (name) => section.querySelector(`.${name}`);
    this.#section = section;
    this.#notice = part('trace-notice');
    this.#canvas = part('trace-scores');
    this.#caption = part('trace-caption');
    this.#steps = part('trace-steps');
    // A canvas does not follow the width of the page by itself.
    new ResizeObserver(() => this.#draw()).observe(this.#canvas);
  }

  /** Shows the trace of an event, and keeps it current until it is complete or hidden. */
  async show(event) {
    if (event.id !== this.#eventId) this.#clear('Loading');
    this.#eventId = event.id;
    clearTimeout(this.#nextLook);
    this.#looks += 1;
    const look = this.#looks;
    const trace = await request(`/api/events/${encodeURIComponent(event.id)}/trace`)
      .then((reply) => reply.json())
      .catch(() => null);
    // It was hidden, or asked for anew, meanwhile.
    if (look !== this.#looks) return;
    if (trace === null) this.#clear('No record is kept of how this was decided.');
    else this.#render(trace);
    if (trace?.state === 'open') this.#nextLook = setTimeout(() => this.show(event), LOOK_AGAIN_MS);
  }

  hide() {
    this.#looks += 1;
    this.#eventId = null;
    clearTimeout(this.#nextLook);
  }

  #clear(notice) {
    this.#trace = null;
    this.#section.dataset.empty = 'true';
    this.#steps.replaceChildren();
    setText(this.#notice, notice);
  }

  #render(trace) {
    // What somebody opened to read stays open.
    const opened = [...this.#steps.querySelectorAll('details')].map(({ open }) => open);
    const { threshold, scores, steps } = trace;
    this.#trace = trace;
    this.#section.dataset.empty = 'false';
    setText(this.#notice, trace.state === 'cut_short' ? 'The record ends early: Nunchi was stopped.' : '');
    const peak = percent(Math.max(0, ...scores.s));
    setText(this.#caption, `Score: ${peak} at its peak. Dashed: the threshold, ${percent(threshold)}.`);
    this.#canvas.ariaLabel = `Anomaly score over time: peak ${peak}, threshold ${percent(threshold)}`;
    this.#steps.replaceChildren(...steps.map(stepEntry));
    this.#steps.querySelectorAll('details').forEach((details, i) => (details.open = opened[i] ?? false));
    this.#draw();
  }

  #draw() {
    if (this.#trace === null) return;
    const { scores, threshold } = this.#trace;
    const points = scores.t.map((time, i) => ({ time, score: scores.s[i] }));
    const from = points[0]?.time ?? 0;
    drawScores(this.#canvas, points, threshold, { from, to: points.at(-1)?.time ?? from });
  }
}

/** What there is to say of an event beside its picture and its trace. */
export function evidenceList(event) {
  const evidence = event.data.evidence ?? [];
  if (evidence.length === 0) return [];
  return [element('ul', 'evidence', ...evidence.map((seen) => element('li', '', seen)))];
}
