/** The picture of a camera with its zones and masks over it, whose points are moved by pointer, touch or keyboard. */
import { element } from '../elements.js';
import { LEAST_POINTS, middleAfter, titleOf, within } from './zone-shapes.js';

const SVG = 'http://www.w3.org/2000/svg';
/** Shares of a side: an arrow key, and one with Shift, which moves by what the VAD tells apart. */
const STEP = 0.005;
const CELL = 1 / 24;

const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The way that a key moves a point, in shares; undefined for other keys. */
export function stepOf({ key, shiftKey }) {
  return arrows[key]?.map((direction) => direction * (shiftKey ? CELL : STEP));
}

/** Where in the picture something happened, in shares. */
export function pointOf({ clientX, clientY }, screen) {
  const { left, top, width, height } = screen.getBoundingClientRect();
  return within([(clientX - left) / width, (clientY - top) / height]);
}

/** Puts an element at a point of the picture. */
export function placeAt(target, [x, y]) {
  Object.assign(target.style, { left: `${100 * x}%`, top: `${100 * y}%` });
}

export function outlineText(points) {
  return points.map(([x, y]) => `${100 * x},${100 * y}`).join(' ');
}

export class ZoneCanvas {
  #screen;
  #svg = document.createElementNS(SVG, 'svg');
  #handles = element('div', 'zone-handles');
  #listeners;
  #shapes = [];
  #selected = null;
  #isEditable = false;

  /** `listeners`: onSelected(shape), and onChanged() once the points of the selected shape have changed. */
  constructor(screen, listeners) {
    this.#screen = screen;
    this.#listeners = listeners;
    this.#svg.setAttribute('viewBox', '0 0 100 100');
    this.#svg.setAttribute('preserveAspectRatio', 'none');
    this.#svg.setAttribute('aria-hidden', 'true');
    screen.append(this.#svg, this.#handles);
  }

  /** Draws the shapes; the selected one, if any, can be changed. */
  show({ shapes, selected, isEditable }) {
    this.#shapes = shapes;
    this.#selected = selected;
    this.#isEditable = isEditable;
    this.#svg.replaceChildren(...shapes.map((shape) => this.#polygon(shape)));
    this.#showHandles();
  }

  #polygon(shape) {
    const polygon = document.createElementNS(SVG, 'polygon');
    polygon.setAttribute('points', outlineText(shape.points));
    polygon.dataset.kind = shape.kind;
    polygon.dataset.selected = String(shape === this.#selected);
    polygon.addEventListener('click', () => this.#listeners.onSelected(shape));
    return polygon;
  }

  #showHandles() {
    if (this.#selected === null || !this.#isEditable) {
      this.#handles.replaceChildren();
      return;
    }
    const { points } = this.#selected;
    this.#handles.replaceChildren(
      ...points.flatMap((_point, index) => [this.#handle(index), this.#middle(index)]),
    );
  }

  #handle(index) {
    const handle = element('button', 'handle');
    handle.type = 'button';
    this.#describe(handle, index);
    handle.addEventListener('pointerdown', (down) => {
      handle.setPointerCapture(down.pointerId);
      handle.dataset.dragged = 'true';
    });
    handle.addEventListener('pointermove', (move) => {
      if (handle.dataset.dragged === 'true') this.#move(handle, index, pointOf(move, this.#screen));
    });
    for (const end of ['pointerup', 'pointercancel'])
      handle.addEventListener(end, () => (handle.dataset.dragged = 'false'));
    handle.addEventListener('keydown', (press) => {
      const step = stepOf(press);
      const [x, y] = this.#selected.points[index];
      if (step !== undefined) this.#move(handle, index, within([x + step[0], y + step[1]]));
      else if (press.key === 'Delete' || press.key === 'Backspace') this.#remove(index);
      else return;
      press.preventDefault();
    });
    return handle;
  }

  #describe(handle, index) {
    const [x, y] = this.#selected.points[index];
    placeAt(handle, [x, y]);
    const where = `${Math.round(100 * x)}% from the left, ${Math.round(100 * y)}% from the top`;
    handle.ariaLabel = `Point ${index + 1} of ${titleOf(this.#selected, this.#shapes)}: ${where}`;
  }

  #middle(index) {
    const middle = element('button', 'middle');
    middle.type = 'button';
    middle.ariaLabel = `Add a point after point ${index + 1}`;
    placeAt(middle, middleAfter(this.#selected.points, index));
    middle.addEventListener('click', () => {
      this.#selected.points = this.#selected.points.toSpliced(
        index + 1,
        0,
        middleAfter(this.#selected.points, index),
      );
      this.#listeners.onChanged();
      this.#focus(index + 1);
    });
    return middle;
  }

  /** The handle is kept: a pointer may hold it. */
  #move(handle, index, point) {
    const { points } = this.#selected;
    this.#selected.points = points.with(index, point);
    this.#describe(handle, index);
    const polygon = this.#svg.children[this.#shapes.indexOf(this.#selected)];
    polygon.setAttribute('points', outlineText(this.#selected.points));
    const middles = this.#handles.querySelectorAll('.middle');
    middles.forEach((middle, side) => placeAt(middle, middleAfter(this.#selected.points, side)));
    this.#listeners.onMoved();
  }

  #remove(index) {
    const { points } = this.#selected;
    if (points.length <= LEAST_POINTS) return;
    this.#selected.points = points.toSpliced(index, 1);
    this.#listeners.onChanged();
    this.#focus(Math.min(index, points.length - 2));
  }

  #focus(index) {
    this.#handles.querySelectorAll('.handle')[index]?.focus();
  }
}
