/** Which view is shown: the fragment of the address names it, as in #cameras, and what of it, as in #zones/gate. */

export class Views {
  #views;
  #shown = null;

  /**
   * `views` by name; the first is shown when nothing else is named. Each has a `section`, a `title`, the `link` of it in
   * the navigation, `show(...rest)` with what follows its name, and `hide()`.
   */
  constructor(views) {
    this.#views = new Map(Object.entries(views));
  }

  start() {
    addEventListener('hashchange', () => {
      this.#follow();
      // Whoever listens to the page, or uses its keyboard, goes on where the new view begins.
      this.#shown.section.querySelector('h2[tabindex]')?.focus();
    });
    this.#follow();
  }

  /** Shows anew what is shown: who uses the page may do other things by now. */
  refresh() {
    if (this.#shown !== null) this.#follow();
  }

  #follow() {
    const [name, ...rest] = location.hash.slice(1).split('/').map(decodeURIComponent);
    const [first] = this.#views.values();
    const view = this.#views.get(name) ?? first;
    this.#shown?.hide();
    this.#shown = view;
    for (const other of this.#views.values()) {
      other.section.hidden = other !== view;
      other.link.removeAttribute('aria-current');
    }
    view.link.ariaCurrent = 'page';
    document.title = view === first ? 'Nunchi' : `${view.title} – Nunchi`;
    view.show(...rest);
  }
}
