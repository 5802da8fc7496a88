/** The cameras: how each is doing, and how they are added, changed and removed. */
import { CameraCalibration } from './camera-calibration.js';
import { CameraCard } from './camera-card.js';
import { CameraForm } from './camera-form.js';
import { mayDo, seesEveryCamera } from '../caller.js';
import { Cards } from '../cards.js';
import { Repeated } from '../repeated.js';

const PICTURES_EVERY_MS = 10_000;

const page = (id) => document.getElementById(id);

export class CamerasView {
  title = 'Cameras';
  section = page('cameras-page');
  link = page('cameras-link');
  #cards;
  #cameras = null;
  #pictures = new Repeated(() => this.#refreshPictures(), PICTURES_EVERY_MS);

  /** `reload` has the cameras asked for anew, after something was done about one. */
  constructor({ reload }) {
    const calibration = new CameraCalibration(page('calibration'), reload);
    const form = new CameraForm(page('camera-form'), reload);
    const listeners = {
      onCalibration: (camera) => calibration.open(camera),
      onChange: (camera) => form.change(camera),
      onChanged: reload,
    };
    this.#cards = new Cards(
      page('camera-list'),
      ({ id }) => id,
      (camera) => new CameraCard(camera, listeners),
    );
    page('add-camera').addEventListener('click', () => form.add());
  }

  show() {
    // Who uses the page may be known only now.
    this.update(this.#cameras);
    page('add-camera').hidden = !mayDo('admin') || !seesEveryCamera();
    this.#pictures.start();
  }

  hide() {
    this.#pictures.stop();
  }

  /** Takes over what `/api/cameras` says; null before it is known. */
  update(cameras) {
    this.#cameras = cameras;
    if (cameras === null) return;
    this.#cards.update(cameras);
    page('none-listed').hidden = cameras.length > 0;
  }

  async #refreshPictures() {
    await Promise.all(this.#cards.all().map((card) => card.refreshPicture()));
  }
}
