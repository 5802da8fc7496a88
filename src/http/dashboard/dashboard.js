/** The dashboard: its views, and what all of them need: who is there, which cameras there are, and whether the server answers. */
import { access, ask, failureText } from './access.js';
import { AlertsView } from './alerts-view.js';
import { identify, mayDo } from './caller.js';
import { setText } from './elements.js';
import { PictureView } from './event-picture.js';
import { LiveView } from './live-view.js';
import { Views } from './views.js';

const CAMERAS_EVERY_MS = 3_000;

const page = (id) => document.getElementById(id);

const pictureView = new PictureView(page('picture-view'), (event) => live.take(event));
const live = new LiveView({ pictureView, onLinkState: showLinkState });
const alerts = new AlertsView({ pictureView });
const views = new Views({ live, alerts });

async function meetCaller() {
  await identify();
  pictureView.allowMarks(mayDo('operator'));
  views.refresh();
}

async function loadCameras() {
  const { cameras } = await ask('/api/cameras');
  live.update(cameras);
  alerts.update(cameras);
  showOverview(cameras);
}

function showOverview(cameras) {
  const streaming = cameras.filter((camera) => camera.state === 'streaming').length;
  const text = streaming === cameras.length ? `${streaming} live` : `${streaming} of ${cameras.length} live`;
  setText(page('overview'), cameras.length === 0 ? '' : text);
  page('overview').dataset.complete = String(streaming === cameras.length);
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
