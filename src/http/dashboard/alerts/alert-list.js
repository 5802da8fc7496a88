/** The alerts that were asked for, newest first, page by page; the newest page is kept current. */
import { ask, failureText } from '../access.js';
import { alertEntry } from './alert-entry.js';
import { offerChoices, setText } from '../elements.js';

const PAGE_SIZE = 50;
/** A page that grew for days must not weigh on the browser. */
const SHOWN_MAX = 500;

export class AlertList {
  #page;
  #openEvent;
  /** By id: `{text, item}`, the text being what the item was made of. */
  #shown = new Map();
  #cursor = null;
  #hasOlderPages = false;
  /** Counts the questions: the answer to an earlier one is not shown. */
  #question = 0;

  /** `page` holds the elements: `form`, `list`, `empty`, `notice` and the button `more`. */
  constructor({ page, openEvent }) {
    this.#page = page;
    this.#openEvent = openEvent;
    page.form.addEventListener('submit', (submit) => submit.preventDefault());
    page.form.addEventListener('input', () => void this.#startOver());
    page.more.addEventListener('click', () => void this.#continue());
  }

  /** Brings the newest page up to date; what was shown before that stays. */
  async refresh() {
    const page = await this.#ask(null);
    if (page === null) return;
    this.#put(page.alerts);
    this.#removeWhatLeft(page);
    if (!this.#hasOlderPages) this.#cursor = page.next_cursor;
    this.#showState();
  }

  /** The channels and cameras to choose from, as `[value, name]`. */
  offer(name, choices) {
    offerChoices(this.#page.form.elements[name], choices);
  }

  async #startOver() {
    this.#shown.clear();
    this.#page.list.replaceChildren();
    this.#hasOlderPages = false;
    await this.refresh();
  }

  async #continue() {
    const page = await this.#ask(this.#cursor);
    if (page === null) return;
    this.#hasOlderPages = true;
    this.#cursor = page.next_cursor;
    this.#put(page.alerts);
    this.#showState();
  }

  /** A page of alerts; null when it failed, or something else was asked for meanwhile. */
  async #ask(cursor) {
    this.#question += 1;
    const question = this.#question;
    const parameters = new URLSearchParams({ limit: String(PAGE_SIZE) });
    for (const [name, value] of new FormData(this.#page.form)) {
      // The outcome is a status of deliveries, or a kind of alert.
      const [key, wanted] = value.includes('=') ? value.split('=') : [name, value];
      if (wanted !== '') parameters.set(key, wanted);
    }
    if (cursor !== null) parameters.set('cursor', cursor);
    try {
      const page = await ask(`/api/alerts?${parameters}`);
      if (question !== this.#question) return null;
      setText(this.#page.notice, '');
      return page;
    } catch (failure) {
      setText(this.#page.notice, `The alerts cannot be listed: ${failureText(failure)}.`);
      return null;
    }
  }

  #put(alerts) {
    for (const alert of alerts) {
      const text = JSON.stringify(alert);
      const earlier = this.#shown.get(alert.id);
      if (earlier?.text === text) continue;
      const item = alertEntry(alert, this.#openEvent);
      this.#shown.set(alert.id, { text, item });
      if (earlier !== undefined) {
        earlier.item.replaceWith(item);
        continue;
      }
      // Ids sort by time.
      const older = [...this.#page.list.children].find((other) => other.dataset.id < alert.id);
      this.#page.list.insertBefore(item, older ?? null);
    }
    while (this.#shown.size > SHOWN_MAX) this.#remove(this.#page.list.lastElementChild);
  }

  /** What waited a moment ago may be sent by now: then it is not among those that wait. */
  #removeWhatLeft({ alerts, next_cursor: cursor }) {
    const ids = new Set(alerts.map(({ id }) => id));
    const oldestId = cursor === null ? '' : alerts.at(-1)?.id;
    for (const item of [...this.#page.list.children]) {
      if (item.dataset.id >= oldestId && !ids.has(item.dataset.id)) this.#remove(item);
    }
  }

  #remove(item) {
    this.#shown.delete(item.dataset.id);
    item.remove();
  }

  #showState() {
    const { form, empty, more } = this.#page;
    empty.hidden = this.#shown.size > 0;
    const isNarrowed = [...new FormData(form).values()].some((value) => value !== '');
    const [title, advice] = isNarrowed
      ? ['No such alerts', 'Nothing fits all that is asked for above.']
      : ['No alerts yet', 'What people are told, and what they are not told and why, will be listed here.'];
    setText(empty.querySelector('strong'), title);
    setText(empty.querySelector('span'), advice);
    more.hidden = this.#cursor === null || this.#shown.size >= SHOWN_MAX;
  }
}
