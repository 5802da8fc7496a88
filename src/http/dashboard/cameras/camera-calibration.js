/** The dialog about a camera's calibration: how sure it is, how to make another one, and how to go back. */
import { ask, failureText, send } from '../access.js';
import { mayDo } from '../caller.js';
import { certaintyText } from './camera-words.js';
import { button, counted, element, replaceLines, sentenceCase, setText } from '../elements.js';
import { Repeated } from '../repeated.js';
import { durationText, momentText } from '../times.js';

const REFRESH_EVERY_MS = 2_000;

export class CameraCalibration {
  #dialog;
  #state;
  #versions;
  #notice;
  #form;
  #path = '';
  #onChanged;
  #current = new Repeated(() => this.#refresh(), REFRESH_EVERY_MS);

  constructor(dialog, onChanged) {
    this.#dialog = dialog;
    this.#onChanged = onChanged;
    this.#state = dialog.querySelector('.calibration-state');
    this.#versions = dialog.querySelector('.rows');
    this.#notice = dialog.querySelector('.form-notice');
    this.#form = dialog.querySelector('form');
    const begin = button('Calibrate', () => this.#calibrate(), 'button primary');
    this.#form.append(begin);
    this.#form.addEventListener('submit', (submit) => {
      submit.preventDefault();
      begin.click();
    });
    dialog.querySelector('.actions').append(button('Close', () => dialog.close()));
    dialog.addEventListener('close', () => this.#current.stop());
  }

  open({ id, name }) {
    this.#path = `/api/cameras/${encodeURIComponent(id)}`;
    setText(this.#dialog.querySelector('.dialog-title'), `Calibration of ${name}`);
    setText(this.#notice, '');
    this.#state.replaceChildren();
    this.#versions.replaceChildren();
    this.#form.reset();
    this.#form.hidden = !mayDo('operator');
    this.#dialog.showModal();
    this.#current.start();
  }

  async #refresh() {
    const path = this.#path;
    try {
      const state = await ask(`${path}/calibration`);
      if (path === this.#path) this.#show(state);
    } catch (failure) {
      setText(this.#notice, `The calibration cannot be shown: ${failureText(failure)}`);
    }
  }

  #show(state) {
    const { current, learning, last_failure: failure, versions } = state;
    const lines = [
      `In use: ${certaintyText(current?.certainty ?? null)}`,
      ...(current === null ? [] : [alarmsText(current)]),
      learningText(learning),
      ...(failure === null ? [] : [`The newest fit failed: ${failureText(failure)}`]),
    ];
    replaceLines(this.#state, lines);
    const known = JSON.stringify(versions);
    if (this.#versions.dataset.shown === known && this.#versions.childElementCount > 0) return;
    this.#versions.dataset.shown = known;
    this.#versions.replaceChildren(...versions.map((version) => this.#entry(version, current)));
  }

  #entry(version, current) {
    const { version: number, fitted_at: at, reason, seconds, certainty, forgiven } = version;
    const isUsed = number === current.version;
    const facts = [
      momentText(at),
      `from ${durationText(seconds)}`,
      certainty,
      forgiven > 0 && `${counted(forgiven, 'false alarm')} forgiven`,
    ];
    const revert = button('Use again', () => this.#revert(number));
    revert.ariaLabel = `Use version ${number} again`;
    const item = element(
      'li',
      '',
      element(
        'p',
        'headline',
        element('strong', '', `${number}: ${sentenceCase(reason)}`),
        ...(isUsed ? [element('span', 'state', 'In use')] : mayDo('operator') ? [revert] : []),
      ),
      element('p', 'where', ...facts.filter(Boolean).map((fact) => element('span', '', fact))),
    );
    return item;
  }

  async #calibrate() {
    const minutes = Number(this.#form.elements.minutes.value);
    await this.#do(
      () => send('POST', `${this.#path}/calibrate`, { minutes }),
      ({ note }) => note,
    );
  }

  async #revert(version) {
    await this.#do(
      () => send('POST', `${this.#path}/calibration/revert`, { version }),
      () => `What version ${version} took for ordinary is so again.`,
    );
  }

  async #do(act, said) {
    try {
      const state = await act();
      this.#show(state);
      setText(this.#notice, said(state));
      await this.#onChanged();
    } catch (failure) {
      setText(this.#notice, `That could not be done: ${failureText(failure)}`);
    }
  }
}

function alarmsText({ alarms_per_day: { level, low, high } }) {
  return `False alarms a day: ${round(level)} wanted, between ${round(low)} and ${round(high)} to be expected`;
}

function learningText({ seconds, fit_at_s: due, requested, fitting }) {
  if (fitting) return 'A new calibration is being fitted';
  const progress = `${durationText(seconds)} of ${durationText(due)}`;
  return requested
    ? `Learning as it was asked to: ${progress}. All that it sees is taken for ordinary`
    : `Footage for the next calibration: ${progress}`;
}

function round(count) {
  return count >= 10 ? Math.round(count) : Number(count.toPrecision(2));
}
