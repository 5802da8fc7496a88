/** What people say of the event that is shown: right or a false alarm, and whether it is to be kept. */
import { failureText, send } from '../access.js';
import { element, setText } from '../elements.js';

const said = {
  right: 'You said that this was right.',
  false_alarm: 'You said that this was a false alarm; its camera learns from it.',
};

export class EventMarks {
  #place;
  #notice;
  #onChanged;
  #event = null;
  #mayMark = false;
  #isSending = false;

  /** `onChanged` is given the event as the server has it afterwards. */
  constructor({ place, notice, onChanged }) {
    this.#place = place;
    this.#notice = notice;
    this.#onChanged = onChanged;
  }

  /** Only operators may; others see what was said. */
  allow(mayMark) {
    this.#mayMark = mayMark;
    if (this.#event !== null) this.show(this.#event);
  }

  show(event) {
    this.#event = event;
    const { feedback } = event.data;
    const words = element('span', 'mark-said', said[feedback] ?? '');
    const focused = document.activeElement?.dataset.mark;
    this.#place.replaceChildren(...(feedback === undefined ? [] : [words]), ...this.#buttons(event));
    this.#place.hidden = this.#place.childElementCount === 0;
    // The button that was pressed may be another now: a keyboard must not be thrown back to the top.
    if (focused !== undefined) this.#place.querySelector('button')?.focus();
  }

  #buttons({ data, kept }) {
    if (!this.#mayMark) return [];
    const opinion =
      data.feedback === undefined
        ? [
            this.#button('right', 'Right', 'feedback', 'PUT', { verdict: 'right' }),
            this.#button('wrong', 'False alarm', 'feedback', 'PUT', { verdict: 'false_alarm' }),
          ]
        : [this.#button('undo', 'Undo', 'feedback', 'DELETE')];
    const keep = kept
      ? this.#button('keep', 'Do not keep', 'keep', 'DELETE')
      : this.#button('keep', 'Keep', 'keep', 'POST');
    return [...opinion, keep];
  }

  #button(mark, text, path, method, body) {
    const button = element('button', 'button', text);
    button.type = 'button';
    button.dataset.mark = mark;
    button.addEventListener('click', () => void this.#send(path, method, body));
    return button;
  }

  async #send(path, method, body) {
    if (this.#isSending) return;
    this.#isSending = true;
    const { id } = this.#event;
    for (const button of this.#place.querySelectorAll('button')) button.ariaDisabled = 'true';
    setText(this.#notice, '');
    try {
      this.#onChanged(await send(method, `/api/events/${encodeURIComponent(id)}/${path}`, body));
    } catch (failure) {
      if (this.#event.id !== id) return;
      setText(this.#notice, `That could not be saved: ${failureText(failure)}`);
      this.show(this.#event);
    } finally {
      this.#isSending = false;
    }
  }
}
