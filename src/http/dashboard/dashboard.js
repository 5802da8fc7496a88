/** The dashboard: a wall of live tiles and the newest events. */
import { request } from './access.js';
import { setText } from './elements.js';
import { EventList } from './event-list.js';
import { EventSearch } from './event-search.js';
import { PictureView } from './event-picture.js';
import { LiveLink } from './live-link.js';
import { Tile } from './tile.js';

const CAMERAS_EVERY_MS = 3_000;
const REFRESH_EVERY_MS = 1_000;

const page = (id) => document.getElementById(id);
const tiles = new Map();
let cameras = [];

const pictureView = new PictureView(page('picture-view'), (event) => eventSearch.take(event));

const eventList = new EventList({
  list: page('events'),
  announcements: page('announcements'),
  pictureView,
  nameOfCamera: (id) => cameras.find((camera) => camera.id === id)?.name ?? id,
});

const eventSearch = new EventSearch({
  list: eventList,
  page: {
    form: page('event-filters'),
    empty: page('no-events'),
    notice: page('events-notice'),
    more: page('more-events'),
  },
});

const link = new LiveLink({
  onFrame: (frame) => void tiles.get(frame.cameraId)?.show(frame),
  onEvent: (event) => eventSearch.take(event),
  onState: showLinkState,
});

async function loadEvents() {
  const { role } = await (await request('/api/me')).json();
  pictureView.allowMarks(role !== 'viewer');
  await eventSearch.reload();
}

async function loadCameras() {
  const reply = await request('/api/cameras');
  ({ cameras } = await reply.json());
  for (const camera of cameras) tileOf(camera).update(camera);
  for (const [id, tile] of tiles) {
    if (cameras.some((camera) => camera.id === id)) continue;
    tile.element.remove();
    tiles.delete(id);
  }
  page('no-cameras').hidden = cameras.length > 0;
  page('tiles').dataset.columns = String(columnsFor(cameras.length));
  eventList.renameCameras();
  eventSearch.offerCameras(cameras);
  showOverview();
  watchWhatIsVisible();
}

function tileOf(camera) {
  let tile = tiles.get(camera.id);
  if (tile === undefined) {
    tile = new Tile();
    tiles.set(camera.id, tile);
    page('tiles').append(tile.element);
  }
  return tile;
}

function columnsFor(count) {
  if (count <= 1) return 1;
  if (count <= 4) return 2;
  return count <= 9 ? 3 : 4;
}

/** Nobody sees a hidden page: its cameras need not be encoded. */
function watchWhatIsVisible() {
  const ids = document.hidden ? [] : cameras.map((camera) => camera.id);
  const width = columnsFor(cameras.length) <= 2 ? 640 : 480;
  link.watch(ids, width);
}

function showOverview() {
  const live = cameras.filter((camera) => camera.state === 'streaming').length;
  const text = live === cameras.length ? `${live} live` : `${live} of ${cameras.length} live`;
  setText(page('overview'), cameras.length === 0 ? '' : text);
  page('overview').dataset.complete = String(live === cameras.length);
}

function showLinkState(state) {
  page('link').dataset.state = state;
  setText(page('link'), state === 'live' ? 'Connected' : 'Connection lost');
  if (state === 'live') {
    page('banner').hidden = true;
    // What happened while the link was down.
    loadEvents().catch(showFailure);
  } else {
    showFailure(new Error('the pictures below may be old'));
  }
}

function showFailure(error) {
  setText(page('overview'), '');
  page('banner').hidden = false;
  setText(page('banner'), `No connection to Nunchi: ${error.message}. Trying again.`);
}

async function keepCamerasCurrent() {
  try {
    if (!document.hidden) await loadCameras();
    page('banner').hidden = page('link').dataset.state !== 'lost';
  } catch (error) {
    showFailure(error);
  } finally {
    setTimeout(keepCamerasCurrent, CAMERAS_EVERY_MS);
  }
}

document.addEventListener('visibilitychange', watchWhatIsVisible);
setInterval(() => {
  for (const tile of tiles.values()) tile.refresh();
}, REFRESH_EVERY_MS);
// First the cameras: should the server want a token, the link needs it too.
await keepCamerasCurrent();
await link.connect();
