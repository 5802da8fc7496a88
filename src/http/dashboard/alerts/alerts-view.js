/** What people were told, what they were not told and why, and the channels that tell them. */
import { ask, failureText } from '../access.js';
import { AlertCandidates } from './alert-candidates.js';
import { AlertChannels } from './alert-channels.js';
import { AlertList } from './alert-list.js';
import { sentenceCase, setText } from '../elements.js';
import { Repeated } from '../repeated.js';

const REFRESH_EVERY_MS = 5_000;

const page = (id) => document.getElementById(id);

export class AlertsView {
  title = 'Alerts';
  section = page('alerts-page');
  link = page('alerts-link');
  #pictureView;
  #list;
  #candidates;
  #channels;
  #cameras = [];
  #current = new Repeated(() => this.#refresh(), REFRESH_EVERY_MS);

  /** `pictureView` shows one event. */
  constructor({ pictureView }) {
    this.#pictureView = pictureView;
    const openEvent = (id) => this.#openEvent(id);
    this.#list = new AlertList({
      page: {
        form: page('alert-filters'),
        list: page('alerts'),
        empty: page('no-alerts'),
        notice: page('alerts-notice'),
        more: page('more-alerts'),
      },
      openEvent,
    });
    this.#candidates = new AlertCandidates({
      page: {
        form: page('candidate-filters'),
        list: page('candidates'),
        empty: page('no-candidates'),
        notice: page('candidates-notice'),
        silent: page('silent-cameras'),
      },
      openEvent,
    });
    this.#channels = new AlertChannels({
      list: page('channels'),
      empty: page('no-channels'),
      notice: page('channels-notice'),
      onNames: (names) => {
        this.#candidates.knowChannels(names);
        this.#list.offer(
          'channel',
          names.map((name) => [name, name]),
        );
      },
    });
  }

  show(part) {
    const isWhy = part === 'why';
    page('alerts-told').hidden = isWhy;
    page('alerts-why').hidden = !isWhy;
    page('told-tab').ariaCurrent = isWhy ? null : 'page';
    page('why-tab').ariaCurrent = isWhy ? 'page' : null;
    this.#current.start();
  }

  hide() {
    this.#current.stop();
  }

  /** Takes over what `/api/cameras` says. */
  update(cameras) {
    this.#cameras = cameras;
    this.#list.offer(
      'camera',
      cameras.map(({ id, name }) => [id, name]),
    );
    this.#candidates.update(cameras);
  }

  async #refresh() {
    const list = page('alerts-why').hidden ? this.#list : this.#candidates;
    await this.#channels.refresh();
    await list.refresh();
  }

  async #openEvent(id) {
    const notice = page(page('alerts-why').hidden ? 'alerts-notice' : 'candidates-notice');
    try {
      const event = await ask(`/api/events/${encodeURIComponent(id)}`);
      const name = this.#cameras.find((camera) => camera.id === event.camera)?.name ?? event.camera;
      setText(notice, '');
      this.#pictureView.open(event, `${sentenceCase(event.label)} at ${name}`);
    } catch (failure) {
      setText(notice, `The event cannot be shown: ${failureText(failure)}.`);
    }
  }
}
