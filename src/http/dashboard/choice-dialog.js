/** Asks somebody to choose, or to confirm, before something is done. */
import { element } from './elements.js';

/**
 * The `value` of the choice that was taken; null when none was. `choices` are buttons in order: `{text, value}`, with
 * `className` for one that is not like the others. Cancel is offered in any case, and Escape is the same.
 */
export function choose({ title, text, choices }) {
  const heading = element('h2', 'dialog-title', title);
  heading.id = 'choice-title';
  const dialog = element('dialog', 'dialog choice');
  dialog.setAttribute('aria-labelledby', heading.id);
  const option = ({ text: label, value, className = '' }) => {
    const button = element('button', `button ${className}`, label);
    button.type = 'button';
    button.addEventListener('click', () => dialog.close(JSON.stringify(value)));
    return button;
  };
  const cancel = { text: 'Cancel', value: null };
  dialog.append(
    heading,
    ...(text === undefined ? [] : [element('p', 'dialog-text', text)]),
    element('div', 'choice-options', ...[...choices, cancel].map(option)),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === '' ? null : JSON.parse(dialog.returnValue));
    });
  });
}

/** Minutes for which something is to be silent, or the value of one of `more`; null when somebody thought better of it. */
export function chooseMinutes(title, text, more = []) {
  const spans = [
    ['30 minutes', 30],
    ['2 hours', 120],
    ['8 hours', 480],
    ['1 day', 1_440],
    ['1 week', 10_080],
  ];
  const choices = spans.map(([label, value]) => ({ text: label, value }));
  return choose({ title, text, choices: [...choices, ...more] });
}
