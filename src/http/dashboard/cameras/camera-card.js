/** One camera in the list of cameras: how it is doing, and what one may do about it. */
import { failureText, send, showPicture } from '../access.js';
import { mayDo } from '../caller.js';
import { certaintyText, silenceOf, stateName } from './camera-words.js';
import { choose, chooseMinutes } from '../choice-dialog.js';
import { button, element, replaceLines, sentenceCase, setText } from '../elements.js';

const PICTURE_WIDTH = 320;

export class CameraCard {
  element;
  #path;
  #camera = null;
  #picture = element('img', '');
  #name = element('strong', '');
  #state = element('span', 'state');
  #address = element('p', 'where');
  #facts = element('dl', 'camera-facts');
  #troubles = element('ul', 'camera-troubles');
  #notice = element('p', 'card-notice');
  #pause = button('Pause', () => this.#togglePause());
  #mute = button('Mute…', () => this.#toggleMute());
  #calibration = button('Calibration…', () => this.#listeners.onCalibration(this.#camera));
  #zones = element('a', 'button', 'Zones and masks');
  #change = button('Change…', () => this.#listeners.onChange(this.#camera));
  #remove = button('Remove…', () => this.#askToRemove(), 'button danger');
  #actions = [this.#pause, this.#mute, this.#calibration, this.#zones, this.#change, this.#remove];
  #listeners;

  /** `listeners`: onCalibration(camera) and onChange(camera) open a dialog, onChanged() hears that something was done. */
  constructor({ id }, listeners) {
    this.#listeners = listeners;
    this.#path = `/api/cameras/${encodeURIComponent(id)}`;
    this.#zones.href = `#zones/${encodeURIComponent(id)}`;
    this.#notice.setAttribute('role', 'status');
    this.#picture.alt = '';
    this.#picture.hidden = true;
    this.element = element(
      'li',
      'camera-card',
      element('div', 'camera-picture', this.#picture, element('span', '', 'No picture')),
      element(
        'div',
        'camera-what',
        element('p', 'headline', this.#name, this.#state),
        this.#address,
        this.#facts,
        this.#troubles,
        element('div', 'actions', ...this.#actions),
        this.#notice,
      ),
    );
  }

  /** Takes over what `/api/cameras` says. */
  update(camera) {
    this.#camera = camera;
    const { id, name, state, url, editable, origin } = camera;
    this.element.dataset.id = id;
    this.element.dataset.state = state;
    setText(this.#name, name);
    setText(this.#state, stateName(state));
    setText(this.#address, name === id ? url : `${id}  ${url}`);
    replaceFacts(this.#facts, factsOf(camera));
    replaceLines(this.#troubles, [
      ...silenceOf(camera).map((why) => `${sentenceCase(why)}.`),
      ...troubleOf(camera),
      ...(editable ? [] : [`Set by ${origin}: it is changed there.`]),
    ]);
    const [isOperator, isEditor] = [mayDo('operator'), mayDo('admin') && editable];
    for (const action of [this.#pause, this.#mute]) action.hidden = !isOperator;
    for (const action of [this.#change, this.#remove]) action.hidden = !isEditor;
    setText(this.#pause, camera.paused ? 'Resume' : 'Pause');
    setText(this.#mute, camera.muted ? 'End the mute' : 'Mute…');
    for (const action of this.#actions) action.ariaLabel = `${action.textContent} ${name}`;
  }

  /** Loads the newest picture; where there is none, that is said. */
  async refreshPicture() {
    const { state } = this.#camera;
    if (state !== 'streaming') {
      this.#picture.hidden = true;
      return;
    }
    try {
      // The time keeps the browser from showing an earlier one.
      await showPicture(this.#picture, `${this.#path}/latest.jpg?width=${PICTURE_WIDTH}&t=${Date.now()}`);
      this.#picture.hidden = false;
    } catch {
      this.#picture.hidden = true;
    }
  }

  async #togglePause() {
    await this.#do(() => send('POST', `${this.#path}/${this.#camera.paused ? 'resume' : 'pause'}`));
  }

  async #toggleMute() {
    const text = 'Its events are stored all the same; nobody is told of them.';
    const endless = { text: 'Until it is ended', value: 'endless' };
    const chosen = this.#camera.muted
      ? 0
      : await chooseMinutes(`Mute ${this.#camera.name} for`, text, [endless]);
    if (chosen === null) return;
    const minutes = chosen === 'endless' ? null : chosen;
    await this.#do(() => send('PUT', `${this.#path}/mute`, { minutes }));
  }

  async #askToRemove() {
    const isSure = await choose({
      title: `Remove ${this.#camera.name}?`,
      text: 'Its events stay, and so does what it learned: that is used again if the camera comes back.',
      choices: [{ text: 'Remove', value: true, className: 'danger' }],
    });
    if (isSure) await this.#do(() => send('DELETE', this.#path));
  }

  async #do(act) {
    setText(this.#notice, '');
    try {
      await act();
      await this.#listeners.onChanged();
    } catch (failure) {
      setText(this.#notice, `That could not be done: ${failureText(failure)}`);
    }
  }
}

function factsOf({ fps, health, state, certainty, zones, masks }) {
  return [
    ['Judged', `${fps} frames a second`],
    ['Health', state === 'streaming' ? health : '–'],
    ['Calibration', certaintyText(certainty)],
    ['Zones', String(Object.keys(zones).length)],
    ['Masks', String(masks.length)],
  ];
}

function troubleOf({ state, last_error: error }) {
  return error === null || state === 'streaming' || state === 'paused' ? [] : [failureText(error)];
}

function replaceFacts(list, facts) {
  if (list.dataset.shown === JSON.stringify(facts)) return;
  list.dataset.shown = JSON.stringify(facts);
  list.replaceChildren(
    ...facts.map(([name, value]) => element('div', '', element('dt', '', name), element('dd', '', value))),
  );
}
