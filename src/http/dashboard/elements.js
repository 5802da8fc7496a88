/** Small helpers for building the page. Text always goes in as text, never as markup. */

/** Creates an element with a class, and text or children. */
export function element(tag, className, ...content) {
  const created = document.createElement(tag);
  if (className !== '') created.className = className;
  created.append(...content);
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
