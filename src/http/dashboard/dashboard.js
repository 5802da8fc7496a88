/** The dashboard: its views, and what all of them need: who is there, which cameras there are, and whether the server answers. */
import { access, ask, failureText } from './access.js';
import { AlertsView } from './alerts/alerts-view.js';
import { identify, mayDo } from './caller.js';
import { CamerasView } from './cameras/cameras-view.js';
import { setText } from './elements.js';
import { PictureView } from './events/event-picture.js';
import { LiveView } from './live/live-view.js';
import { SystemView } from './system/system-view.js';
import { Views } from './views.js';
import { ZonesView } from './zones/zones-view.js';

const CAMERAS_EVERY_MS = 3_000;

const page = (id) => document.getElementById(id);

const pictureView = new PictureView(page('picture-view'), (event) => live.take(event));
const live = new LiveView({ pictureView, onLinkState: showLinkState });
const alerts = new AlertsView({ pictureView });
const cameras = new CamerasView({ reload: loadCameras });
const zones = new ZonesView({ reload: loadCameras });
const system = new SystemView();
const views = new Views({ live, alerts, cameras, zones, system });

async function meetCaller() {
  const isSomebodyElse = await identify();
  pictureView.allowMarks(mayDo('operator'));
  if (isSomebodyElse) views.refresh();
  system.watch();
}

async function loadCameras() {
  const { cameras: list } = await ask('/api/cameras');
  for (const view of [live, alerts, cameras, zones]) view.update(list);
  showOverview(list);
}

function showOverview(list) {
  const streaming = list.filter((camera) => camera.state === 'streaming').length;
  const text = streaming === list.length ? `${streaming} live` : `${streaming} of ${list.length} live`;
  setText(page('overview'), list.length === 0 ? '' : text);
  page('overview').dataset.complete = String(streaming === list.length);
}

function showLinkState(state) {
  page('link').dataset.state = state;
  setText(page('link'), state === 'live' ? 'Connected' : 'Connection lost');
  if (state === 'live') {
    page('banner').hidden = true;
    // What happened while the link was down.
    meetCaller()
      .then(() => live.reloadEvents())
      .catch(showFailure);
  } else {
    showFailure(new Error('what is shown may be old'));
  }
}

function showFailure(failure) {
  setText(page('overview'), '');
  page('banner').hidden = false;
  setText(page('banner'), `No connection to Nunchi: ${failureText(failure)}. Trying again.`);
}

async function keepCamerasCurrent() {
  try {
    if (!document.hidden) await loadCameras();
    page('banner').hidden = page('link').dataset.state !== 'lost';
  } catch (failure) {
    showFailure(failure);
  } finally {
    setTimeout(keepCamerasCurrent, CAMERAS_EVERY_MS);
  }
}

// First the cameras: should the server want a token, everything else needs it too.
await keepCamerasCurrent();
await identify().catch(showFailure);
views.start();
access.addEventListener('changed', () => meetCaller().catch(showFailure));
await live.connect();
