/** What the server finds wrong with a form, shown at the field that it is about. */
import { failureText } from './access.js';
import { element, setText } from './elements.js';

/** A failure in words that stand at the field: that is named by where they stand. */
export function textAtField(failure) {
  return failureText(failure).replace(`${failure.field}: `, '');
}

export class FieldErrors {
  #form;
  #notice;

  /** `notice` takes what is about no field. */
  constructor(form, notice) {
    this.#form = form;
    this.#notice = notice;
  }

  clear() {
    setText(this.#notice, '');
    for (const error of this.#form.querySelectorAll('.field-error')) error.remove();
    for (const field of this.#form.querySelectorAll('[aria-invalid]')) {
      field.removeAttribute('aria-invalid');
      field.removeAttribute('aria-describedby');
    }
  }

  say(text) {
    setText(this.#notice, text);
  }

  /** At its field, if the form has that; the configuration names a camera's fields below `cameras.ID`. */
  show(failure) {
    const name = failure.field?.replace(/^cameras\.[^.]+\./, '') ?? '';
    const field = name === '' ? null : this.#form.elements.namedItem(name);
    if (field === null) {
      this.say(failureText(failure));
      return;
    }
    const error = element('span', 'field-error', textAtField(failure));
    error.id = `${name}-error`;
    field.ariaInvalid = 'true';
    field.setAttribute('aria-describedby', error.id);
    field.closest('label').append(error);
    field.focus();
  }
}
