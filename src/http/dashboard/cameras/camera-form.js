/** The dialog in which a camera is added, changed, and tried out before. */
import { ask, failureText, send } from '../access.js';
import { addressToSend, keepsCredentials, plainAddress } from './camera-address.js';
import { button, element, setText } from '../elements.js';
import { FieldErrors } from '../field-errors.js';

export class CameraForm {
  #dialog;
  #form;
  #errors;
  #trial;
  #onSaved;
  /** The camera that is changed; null while one is added. */
  #camera = null;
  /** What the fields held when the dialog was opened. */
  #initial = {};

  constructor(dialog, onSaved) {
    this.#dialog = dialog;
    this.#form = dialog.querySelector('form');
    this.#errors = new FieldErrors(this.#form, dialog.querySelector('.form-notice'));
    this.#trial = dialog.querySelector('.trial');
    this.#onSaved = onSaved;
    const save = button('Save', () => this.#save(), 'button primary');
    const test = button('Test', () => this.#test());
    const cancel = button('Cancel', () => dialog.close());
    dialog.querySelector('.actions').append(save, test, cancel);
    this.#form.addEventListener('submit', (submit) => {
      submit.preventDefault();
      save.click();
    });
  }

  add() {
    this.#camera = null;
    this.#open('Add a camera', { transport: 'tcp' });
  }

  async change(camera) {
    this.#camera = camera;
    const { id, name, url, transport } = camera;
    const shown = { id, name: name === id ? '' : name, url: plainAddress(url), transport };
    try {
      const { config } = await ask('/api/config');
      const { vad = {} } = config.cameras?.[id] ?? {};
      this.#open(`Change ${name}`, {
        ...shown,
        'vad.fps': vad.fps,
        'vad.alarms_per_day': vad.alarms_per_day,
      });
    } catch (failure) {
      this.#open(`Change ${name}`, shown);
      this.#errors.say(`Its other settings cannot be shown: ${failureText(failure)}`);
    }
  }

  #open(title, values) {
    this.#form.reset();
    this.#errors.clear();
    this.#trial.replaceChildren();
    setText(this.#dialog.querySelector('.dialog-title'), title);
    for (const [name, value] of Object.entries(values)) this.#form.elements[name].value = value ?? '';
    this.#form.elements.id.readOnly = this.#camera !== null;
    const kept = this.#camera !== null && keepsCredentials(this.#camera.url) ? 'kept as it is' : '';
    for (const name of ['user', 'password']) this.#form.elements[name].placeholder = kept;
    this.#initial = this.#values();
    this.#dialog.showModal();
    this.#form.elements[this.#camera === null ? 'id' : 'name'].focus();
  }

  #values() {
    return Object.fromEntries([...new FormData(this.#form)].map(([name, value]) => [name, value.trim()]));
  }

  #source() {
    const { url: address, user, password, transport } = this.#values();
    return { url: addressToSend({ address, user, password }, this.#camera?.url), transport };
  }

  /** What differs from what was shown; a field that was emptied gives way to the default. */
  #body() {
    const values = this.#values();
    const isNew = this.#camera === null;
    const differs = (name) => values[name] !== this.#initial[name];
    const vad = {};
    for (const name of ['fps', 'alarms_per_day']) {
      const value = values[`vad.${name}`];
      if (differs(`vad.${name}`)) vad[name] = value === '' ? null : Number(value);
    }
    const { url, transport } = this.#source();
    return {
      ...(isNew && { id: values.id }),
      ...((isNew || ['url', 'user', 'password'].some(differs)) && { url }),
      ...(differs('transport') && { transport }),
      ...(differs('name') && { name: values.name === '' ? null : values.name }),
      ...(Object.keys(vad).length > 0 && { vad }),
    };
  }

  async #save() {
    this.#errors.clear();
    const { id } = this.#camera ?? {};
    try {
      if (id === undefined) await send('POST', '/api/cameras', this.#body());
      else await send('PATCH', `/api/cameras/${encodeURIComponent(id)}`, this.#body());
      this.#dialog.close();
    } catch (failure) {
      this.#errors.show(failure);
      return;
    }
    await this.#onSaved();
  }

  /** Opens the stream for a moment, and shows what it shows. */
  async #test() {
    this.#errors.clear();
    this.#trial.replaceChildren(element('p', '', 'Opening the stream, for 10 s at most…'));
    try {
      this.#showTrial(await send('POST', '/api/cameras/test', this.#source()));
    } catch (failure) {
      this.#trial.replaceChildren();
      this.#errors.show(failure);
    }
  }

  #showTrial(trial) {
    if (!trial.ok) {
      this.#trial.replaceChildren(element('p', 'field-error', `It does not work: ${failureText(trial)}`));
      return;
    }
    const { codec, width, height, fps, snapshot } = trial;
    const picture = element('img', '');
    picture.alt = 'The first picture of the stream';
    // Pictures within an address are not allowed to this page; those it holds itself are.
    const bytes = Uint8Array.from(atob(snapshot.split(',')[1]), (letter) => letter.charCodeAt(0));
    picture.src = URL.createObjectURL(new Blob([bytes], { type: 'image/jpeg' }));
    picture.addEventListener('load', () => URL.revokeObjectURL(picture.src), { once: true });
    const rate = fps === 0 ? '' : `, ${fps} frames a second`;
    this.#trial.replaceChildren(
      element('p', '', `It works: ${codec}, ${width} × ${height}${rate}.`),
      picture,
    );
  }
}
