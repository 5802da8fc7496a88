/** The newest events, kept current under their ids. */
import { showPicture } from '../access.js';
import { element, percent, sentenceCase, setText } from '../elements.js';
import { outline, pictureAddress } from './event-picture.js';
import { durationText, timeElement } from '../times.js';
import { actionsText, severityChip, verdictLine } from './verdict.js';

/** A page that grew for days must not weigh on the browser. */
const SHOWN_MAX = 500;

export class EventList {
  #list;
  #announcements;
  #pictureView;
  #nameOfCamera;
  /** Shown events by id. */
  #shown = new Map();

  /** `nameOfCamera` gives the name people know a camera by. */
  constructor({ list, announcements, pictureView, nameOfCamera }) {
    this.#list = list;
    this.#announcements = announcements;
    this.#pictureView = pictureView;
    this.#nameOfCamera = nameOfCamera;
  }

  get size() {
    return this.#shown.size;
  }

  get isFull() {
    return this.#shown.size >= SHOWN_MAX;
  }

  /** Ids sort by start. */
  get oldestId() {
    return this.#list.lastElementChild?.dataset.id ?? '';
  }

  has(id) {
    return this.#shown.has(id);
  }

  clear() {
    this.#shown.clear();
    this.#list.replaceChildren();
  }

  /** Takes over a page of the API. */
  load(events) {
    for (const event of events) this.#put(event);
  }

  /** An event that just happened or changed. */
  update(event) {
    const isNew = !this.#shown.has(event.id);
    this.load([event]);
    if (isNew) {
      const camera = this.#nameOfCamera(event.camera);
      setText(
        this.#announcements,
        `${sentenceCase(event.severity)} event at ${camera}: ${sentenceCase(event.label)}`,
      );
    }
  }

  /** Camera names may become known after the events. */
  renameCameras() {
    for (const { event, camera } of this.#shown.values()) setText(camera, this.#nameOfCamera(event.camera));
  }

  #put(event) {
    const earlier = this.#shown.get(event.id);
    const entry = this.#render(event, earlier);
    this.#shown.set(event.id, entry);
    if (earlier !== undefined) {
      earlier.item.replaceWith(entry.item);
      this.#pictureView.update(event, this.#titleOf(event));
      return;
    }
    // Ids sort by start: the list stays newest first, whatever the order of arrival.
    const older = [...this.#list.children].find((item) => item.dataset.id < event.id);
    this.#list.insertBefore(entry.item, older ?? null);
    while (this.#shown.size > SHOWN_MAX) {
      const oldest = this.#list.lastElementChild;
      this.#shown.delete(oldest.dataset.id);
      oldest.remove();
    }
  }

  #render(event, earlier) {
    const camera = element('span', 'camera', this.#nameOfCamera(event.camera));
    const ongoing = event.state === 'new';
    const item = element(
      'li',
      'event',
      this.#thumbnail(event, earlier),
      element(
        'div',
        'what',
        element(
          'p',
          'headline',
          element('strong', '', sentenceCase(event.label)),
          severityChip(event.severity),
        ),
        element('p', 'where', camera, ...zones(event), timeElement(event.start_time)),
        element(
          'p',
          'facts',
          element('span', ongoing ? 'ongoing' : 'ended', progress(event)),
          ...facts(event),
        ),
        ...verdictLine(event),
        ...(event.summary === '' ? [] : [element('p', 'summary', event.summary)]),
        this.#detailsButton(event),
      ),
    );
    item.dataset.id = event.id;
    item.dataset.severity = event.severity;
    return { event, camera, item, picture: item.querySelector('img') };
  }

  /** A picture that is loaded already is kept: an event changes more often than its picture. */
  #thumbnail(event, earlier) {
    if (!event.has_snapshot) return element('div', 'thumbnail');
    const address = pictureAddress(event);
    let image = earlier?.picture ?? null;
    if (image?.dataset.address !== address) {
      image = element('img', '');
      image.alt = '';
      image.loading = 'lazy';
      image.dataset.address = address;
      showPicture(image, address).catch(() => image.remove());
      image.addEventListener('error', () => image.remove());
    }
    const screen = element('span', 'thumbnail-screen', image, ...outline(event));
    const button = element('button', 'thumbnail', screen);
    button.type = 'button';
    button.ariaLabel = `Picture of ${this.#titleOf(event)}`;
    button.addEventListener('click', () => this.#pictureView.open(event, this.#titleOf(event)));
    return button;
  }

  #detailsButton(event) {
    const button = element('button', 'more', 'Details');
    button.type = 'button';
    button.ariaLabel = `Details of ${this.#titleOf(event)}`;
    button.addEventListener('click', () => this.#pictureView.open(event, this.#titleOf(event)));
    return button;
  }

  #titleOf(event) {
    return `${sentenceCase(event.label)} at ${this.#nameOfCamera(event.camera)}`;
  }
}

function zones({ data }) {
  return (data.zones ?? []).map((name) => element('span', 'zone', name));
}

function progress(event) {
  if (event.state === 'new') return 'Ongoing';
  return event.end_time === null ? 'Ended' : `Lasted ${durationText(event.end_time - event.start_time)}`;
}

function facts({ top_score: score, actions }) {
  const told = actions.length === 0 ? [] : [actionsText(actions)];
  return [`score ${percent(score)}`, ...told].map((fact) => element('span', 'fact', fact));
}
