/** Draws a new polygon point by point: by clicks and touches on the picture, or with the arrow keys and Enter. */
import { element } from '../elements.js';
import { LEAST_POINTS, within } from './zone-shapes.js';
import { outlineText, placeAt, pointOf, stepOf } from './zone-canvas.js';

export class ZonePen {
  #screen;
  #svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  #line = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
  #cursor = element('span', 'zone-cursor');
  #listeners;
  /** Null while nothing is drawn. */
  #points = null;
  #at = [0.5, 0.5];

  /** `listeners`: onPoints(points) after each point, onDone(points) with a whole polygon, onCancelled(). */
  constructor(screen, listeners) {
    this.#screen = screen;
    this.#listeners = listeners;
    this.#svg.setAttribute('viewBox', '0 0 100 100');
    this.#svg.setAttribute('preserveAspectRatio', 'none');
    this.#svg.setAttribute('class', 'zone-line');
    this.#svg.append(this.#line);
    this.#cursor.hidden = true;
    screen.append(this.#svg, this.#cursor);
    screen.addEventListener('click', (click) => {
      // What a keyboard presses is no place in the picture.
      if (this.#points !== null && click.detail > 0) this.#add(pointOf(click, screen));
    });
    screen.addEventListener('pointermove', (move) => this.#moveTo(pointOf(move, screen)));
    screen.addEventListener('keydown', (press) => this.#press(press));
  }

  get isDrawing() {
    return this.#points !== null;
  }

  start(kind) {
    this.#points = [];
    this.#line.dataset.kind = kind;
    this.#screen.dataset.drawing = 'true';
    this.#cursor.hidden = false;
    this.#moveTo(this.#at);
    this.#show();
    this.#screen.focus();
  }

  /** Closes the polygon, if it has points enough. */
  finish() {
    if (this.#points === null || this.#points.length < LEAST_POINTS) return;
    const points = this.#points;
    this.#stop();
    this.#listeners.onDone(points);
  }

  cancel() {
    if (this.#points === null) return;
    this.#stop();
    this.#listeners.onCancelled();
  }

  #stop() {
    this.#points = null;
    this.#screen.dataset.drawing = 'false';
    this.#cursor.hidden = true;
    this.#show();
  }

  #press(press) {
    if (this.#points === null) return;
    const step = stepOf(press);
    if (step !== undefined) this.#moveTo(within([this.#at[0] + step[0], this.#at[1] + step[1]]));
    else if (press.key === 'Enter' || press.key === ' ') this.#add(this.#at);
    else if (press.key === 'Backspace') this.#takeBack();
    else if (press.key === 'Escape') this.cancel();
    else return;
    press.preventDefault();
  }

  #moveTo(point) {
    if (this.#points === null) return;
    this.#at = point;
    placeAt(this.#cursor, point);
    this.#show();
  }

  /** A point where the polygon began closes it. */
  #add(point) {
    const [first] = this.#points;
    if (first !== undefined && this.#isNear(first, point)) {
      this.finish();
      return;
    }
    this.#points.push(point);
    this.#show();
    this.#listeners.onPoints(this.#points);
  }

  #takeBack() {
    this.#points.pop();
    this.#show();
    this.#listeners.onPoints(this.#points);
  }

  /** As near as a fingertip. */
  #isNear([x1, y1], [x2, y2]) {
    const { width, height } = this.#screen.getBoundingClientRect();
    return Math.hypot((x1 - x2) * width, (y1 - y2) * height) < 12;
  }

  #show() {
    this.#line.setAttribute('points', this.#points === null ? '' : outlineText([...this.#points, this.#at]));
  }
}
