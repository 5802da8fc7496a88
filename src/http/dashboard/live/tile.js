/** One camera on the wall: its picture, its state and its anomaly score. */
import { stateName } from '../cameras/camera-words.js';
import { element, percent, sentenceCase, setText } from '../elements.js';
import { Sparkline } from './sparkline.js';

const STALE_AFTER_MS = 3_000;

const waitingTexts = {
  connecting: 'Connecting to the camera',
  streaming: 'Waiting for the first picture',
  stalled: 'The camera sends nothing',
  backing_off: 'No connection; trying again',
  quarantined: 'Taken out of service after repeated crashes',
  paused: 'Paused',
  stopped: 'Stopped',
};

export class Tile {
  element;
  #camera = null;
  #score = null;
  #lastFrameMs = -Infinity;
  #decoding = false;
  #newestJpeg = null;
  #picture = element('canvas', 'picture');
  #notice = element('strong', '');
  #reason = element('span', '');
  #overlay = element('p', 'notice', this.#notice, this.#reason);
  #name = element('h2', 'name');
  #state = element('span', 'state');
  #fill = element('span', 'fill');
  #mark = element('span', 'mark');
  #meter = element('div', 'meter', this.#fill, this.#mark);
  #value = element('span', 'value');
  #sparkCanvas = element('canvas', 'spark');
  #sparkline = new Sparkline(this.#sparkCanvas);

  constructor() {
    this.#picture.setAttribute('role', 'img');
    this.#meter.setAttribute('role', 'meter');
    this.#meter.setAttribute('aria-label', 'Anomaly score');
    this.#meter.setAttribute('aria-valuemin', '0');
    this.#meter.setAttribute('aria-valuemax', '100');
    this.#sparkCanvas.setAttribute('aria-hidden', 'true');
    this.element = element(
      'article',
      'tile',
      element('div', 'screen', this.#picture, this.#overlay),
      element('header', 'title', this.#name, this.#state),
      element('div', 'score', this.#meter, this.#value),
      this.#sparkCanvas,
    );
  }

  /** Takes over what `/api/cameras` says. */
  update(camera) {
    this.#camera = camera;
    if (this.#score === null) this.#score = camera.score;
    setText(this.#name, camera.name);
    this.#picture.setAttribute('aria-label', `Live picture of ${camera.name}`);
    this.element.dataset.state = camera.state;
    this.#mark.hidden = camera.threshold === null;
    if (camera.threshold !== null) this.#mark.style.left = percent(camera.threshold);
    this.refresh();
  }

  /** Shows a frame; while one is being decoded only the newest of those that arrive is kept. */
  async show({ jpeg, score, wallTime }) {
    this.#lastFrameMs = performance.now();
    this.#score = score;
    if (score !== null) this.#sparkline.add(wallTime, score);
    this.#newestJpeg = jpeg;
    if (this.#decoding) return;
    this.#decoding = true;
    while (this.#newestJpeg !== null) {
      const current = this.#newestJpeg;
      this.#newestJpeg = null;
      await this.#draw(current);
    }
    this.#decoding = false;
    this.refresh();
  }

  /** Brings everything that depends on time or score up to date. */
  refresh() {
    if (this.#camera === null) return;
    const { state, threshold } = this.#camera;
    const ageMs = performance.now() - this.#lastFrameMs;
    const stale = ageMs > STALE_AFTER_MS || state !== 'streaming';
    const alarming = !stale && threshold !== null && this.#score !== null && this.#score >= threshold;
    this.element.dataset.stale = String(stale);
    this.element.dataset.alarm = String(alarming);
    setText(this.#state, this.#stateText(stale));
    this.#overlay.hidden = !stale;
    setText(this.#notice, stale ? this.#staleText(ageMs) : '');
    setText(this.#reason, this.#failureText());
    this.#showScore(stale);
    this.#sparkline.draw(stale ? null : threshold);
  }

  #stateText(stale) {
    const { state, threshold, health } = this.#camera;
    if (stale && state === 'streaming') return 'No picture';
    // Before there is a threshold the score's place says how far the camera has learned.
    if (state === 'streaming' && threshold !== null && health !== 'good') return sentenceCase(health);
    return stateName(state);
  }

  #staleText(ageMs) {
    const { state } = this.#camera;
    if (state !== 'streaming') return waitingTexts[state] ?? sentenceCase(state);
    return Number.isFinite(ageMs) ? `No picture for ${Math.round(ageMs / 1000)} s` : waitingTexts.streaming;
  }

  #failureText() {
    const { state, last_error: error } = this.#camera;
    return error === null || state === 'streaming' ? '' : error.message;
  }

  #showScore(stale) {
    const score = stale ? null : this.#score;
    this.#fill.style.width = percent(score ?? 0);
    if (score === null) this.#meter.removeAttribute('aria-valuenow');
    else this.#meter.setAttribute('aria-valuenow', String(Math.round(score * 100)));
    setText(this.#value, this.#scoreText(score));
  }

  #scoreText(score) {
    if (this.#camera.state !== 'streaming') return '–';
    if (this.#camera.threshold === null) return sentenceCase(this.#camera.health);
    return score === null ? '–' : percent(score);
  }

  async #draw(jpeg) {
    let bitmap;
    try {
      bitmap = await createImageBitmap(jpeg);
    } catch {
      return; // A damaged picture: the next one is 200 ms away.
    }
    const { width, height } = bitmap;
    const canvas = this.#picture;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    canvas.getContext('2d').drawImage(bitmap, 0, 0);
    bitmap.close();
  }
}
