/** The wall of live tiles beside the newest events. */
import { EventList } from '../events/event-list.js';
import { EventSearch } from '../events/event-search.js';
import { Cards } from '../cards.js';
import { LiveLink } from './live-link.js';
import { Tile } from './tile.js';

const REFRESH_EVERY_MS = 1_000;

const page = (id) => document.getElementById(id);

export class LiveView {
  title = 'Live';
  section = page('live-page');
  link = page('live-link');
  #tiles = new Cards(
    page('tiles'),
    ({ id }) => id,
    () => new Tile(),
  );
  #cameras = [];
  #list;
  #search;
  #wire;
  #isShown = false;

  /** `pictureView` shows one event; `onLinkState` hears `live` or `lost`. */
  constructor({ pictureView, onLinkState }) {
    this.#list = new EventList({
      list: page('events'),
      announcements: page('announcements'),
      pictureView,
      nameOfCamera: (id) => this.#cameras.find((camera) => camera.id === id)?.name ?? id,
    });
    this.#search = new EventSearch({
      list: this.#list,
      page: {
        form: page('event-filters'),
        empty: page('no-events'),
        notice: page('events-notice'),
        more: page('more-events'),
      },
    });
    this.#wire = new LiveLink({
      onFrame: (frame) => void this.#tiles.get(frame.cameraId)?.show(frame),
      onEvent: (event) => this.take(event),
      onState: onLinkState,
    });
    document.addEventListener('visibilitychange', () => this.#watchWhatIsVisible());
    setInterval(() => {
      for (const tile of this.#tiles.all()) tile.refresh();
    }, REFRESH_EVERY_MS);
  }

  show() {
    this.#isShown = true;
    this.#watchWhatIsVisible();
  }

  hide() {
    this.#isShown = false;
    this.#watchWhatIsVisible();
  }

  connect() {
    return this.#wire.connect();
  }

  /** Lists the events anew. Throws when the server cannot be asked. */
  reloadEvents() {
    return this.#search.reload();
  }

  /** An event that just happened or changed. */
  take(event) {
    this.#search.take(event);
  }

  /** Takes over what `/api/cameras` says. */
  update(cameras) {
    this.#cameras = cameras;
    this.#tiles.update(cameras);
    page('no-cameras').hidden = cameras.length > 0;
    page('tiles').dataset.columns = String(columnsFor(cameras.length));
    this.#list.renameCameras();
    this.#search.offerCameras(cameras);
    this.#watchWhatIsVisible();
  }

  /** Nobody sees a hidden page, or another view: its cameras need not be encoded. */
  #watchWhatIsVisible() {
    const isVisible = this.#isShown && !document.hidden;
    const ids = isVisible ? this.#cameras.map((camera) => camera.id) : [];
    const width = columnsFor(this.#cameras.length) <= 2 ? 640 : 480;
    this.#wire.watch(ids, width);
  }
}

function columnsFor(count) {
  if (count <= 1) return 1;
  if (count <= 4) return 2;
  return count <= 9 ? 3 : 4;
}
