/** The newest picture of a camera, to draw on. */
import { failureText, showPicture } from '../access.js';
import { setText } from '../elements.js';

const WIDTH = 1280;

export class ZonePicture {
  #picture;
  #missing;

  /** `missing` takes the place of the picture where there is none. */
  constructor(picture, missing) {
    this.#picture = picture;
    this.#missing = missing;
  }

  get isMissing() {
    return this.#picture.hidden;
  }

  async load({ id, state }) {
    if (state !== 'streaming') {
      this.#miss('The camera sends no picture.');
      return;
    }
    try {
      // The time keeps the browser from showing an earlier one.
      const path = `/api/cameras/${encodeURIComponent(id)}/latest.jpg?width=${WIDTH}&t=${Date.now()}`;
      await showPicture(this.#picture, path);
      this.#picture.hidden = false;
      this.#missing.hidden = true;
    } catch (failure) {
      this.#miss(`The picture cannot be shown: ${failureText(failure)}.`);
    }
  }

  #miss(why) {
    this.#picture.hidden = true;
    this.#missing.hidden = false;
    setText(this.#missing, `${why} Zones can be drawn all the same.`);
  }
}
