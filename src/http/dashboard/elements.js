/** Small helpers for building the page. Text always goes in as text, never as markup. */

/** Creates an element with a class, and text or children. */
export function element(tag, className, ...content) {
  const created = document.createElement(tag);
  if (className !== '') created.className = className;
  created.append(...content);
  return created;
}

/** A button that does something, once at a time: pressed again before that is done, it does nothing. */
export function button(text, action, className = 'button') {
  const created = element('button', className, text);
  created.type = 'button';
  created.addEventListener('click', async () => {
    if (created.ariaBusy === 'true') return;
    created.ariaBusy = 'true';
    try {
      await action();
    } finally {
      created.ariaBusy = 'false';
    }
  });
  return created;
}

/** Sets text only when it differs, so that screen readers and the layout are left in peace. */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

export function percent(score) {
  return `${Math.round(score * 100)}%`;
}

export function sentenceCase(words) {
  const spaced = words.replaceAll(/[_-]+/g, ' ');
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** `1 event`, `2 events`. */
export function counted(count, noun) {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/**
 * Offers choices, `[value, text]`, below the first one of a select. It is left alone while nothing differs, as it may be
 * open; what is chosen stays, if it is gone meanwhile too.
 */
export function offerChoices(field, choices) {
  const chosen = field.value;
  const isGone = chosen !== '' && !choices.some(([value]) => value === chosen);
  const wanted = isGone ? [...choices, [chosen, chosen]] : choices;
  const known = [...field.options].slice(1).map(({ value, text }) => [value, text]);
  if (JSON.stringify(known) === JSON.stringify(wanted)) return;
  const options = wanted.map(([value, text]) => Object.assign(element('option', '', text), { value }));
  field.replaceChildren(field.options[0], ...options);
  field.value = chosen;
}

/** Makes a list have these lines of text; it is left alone while nothing differs. */
export function replaceLines(list, lines) {
  const shown = [...list.children].map((item) => item.textContent);
  if (JSON.stringify(shown) === JSON.stringify(lines)) return;
  list.replaceChildren(...lines.map((line) => element('li', '', line)));
}
