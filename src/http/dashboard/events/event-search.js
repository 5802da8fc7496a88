/** The events that are looked at: the newest, or those that the filters name, page by page, and kept current. */
import { request } from '../access.js';
import { setText } from '../elements.js';
import { EventFilters } from './event-filters.js';

const PAGE_SIZE = 50;
const SEARCH_AGAIN_MS = 2_000;

export class EventSearch {
  #list;
  #filters;
  #page;
  #cursor = null;
  /** Counts the questions: the answer to an earlier one is not shown. */
  #question = 0;
  #again = null;

  /** `page` holds the elements: `form`, `empty`, `notice` and the button `more`. */
  constructor({ list, page }) {
    this.#list = list;
    this.#page = page;
    this.#filters = new EventFilters(
      page.form,
      () => void this.#start().catch((failure) => this.#failed(failure)),
    );
    page.more.addEventListener('click', () => void this.#continue());
  }

  /** Lists anew. Throws when the server cannot be asked. */
  async reload() {
    void this.#offerLabels();
    await this.#start();
  }

  offerCameras(cameras) {
    this.#filters.offerCameras(cameras);
  }

  /** An event that just happened or changed. */
  take(event) {
    if (this.#list.has(event.id)) this.#list.update(event);
    else if (this.#filters.hasWords) this.#searchAgain();
    else if (this.#filters.admits(event) && !this.#isFurtherDown(event)) this.#list.update(event);
    this.#showState();
  }

  /** Those that events have; without them the list goes on, and so does the filter by what was offered before. */
  async #offerLabels() {
    try {
      const { groups } = await (await request('/api/events/summary?by=label')).json();
      this.#filters.offerLabels(groups.map(({ label }) => label));
    } catch (failure) {
      setText(this.#page.notice, `The labels cannot be listed: ${failure.message}.`);
    }
  }

  async #start() {
    const page = await this.#ask(null);
    if (page === null) return;
    this.#list.clear();
    this.#show(page);
  }

  async #continue() {
    this.#page.more.disabled = true;
    try {
      const page = await this.#ask(this.#cursor);
      if (page !== null) this.#show(page);
    } catch (failure) {
      this.#failed(failure);
    } finally {
      this.#page.more.disabled = false;
    }
  }

  /** A page of events; null when something else was asked for meanwhile. */
  async #ask(cursor) {
    this.#question += 1;
    const question = this.#question;
    const parameters = this.#filters.parameters();
    parameters.set('limit', String(PAGE_SIZE));
    if (cursor !== null) parameters.set('cursor', cursor);
    const page = await (await request(`/api/events?${parameters}`)).json();
    return question === this.#question ? page : null;
  }

  #show({ events, next_cursor: cursor }) {
    this.#cursor = cursor;
    this.#list.load(events);
    setText(this.#page.notice, '');
    this.#showState();
  }

  /** A busy site must not make of each event a search: the newest page is asked for now and then. */
  #searchAgain() {
    this.#again ??= setTimeout(() => {
      this.#again = null;
      if (!this.#filters.hasWords) return;
      this.#ask(null).then(
        (page) => page !== null && this.#list.load(page.events),
        (failure) => this.#failed(failure),
      );
    }, SEARCH_AGAIN_MS);
  }

  /** On a page that was not asked for yet. */
  #isFurtherDown({ id }) {
    return this.#cursor !== null && id < this.#list.oldestId;
  }

  #showState() {
    const { empty, more } = this.#page;
    empty.hidden = this.#list.size > 0;
    const [title, advice] = this.#filters.isNarrowed
      ? ['No such events', 'Nothing fits all that is asked for above.']
      : ['No events yet', 'What a camera shows out of the ordinary will be listed here.'];
    setText(empty.querySelector('strong'), title);
    setText(empty.querySelector('span'), advice);
    more.hidden = this.#cursor === null || this.#list.isFull;
  }

  #failed(failure) {
    setText(this.#page.notice, `The events cannot be listed: ${failure.message}.`);
  }
}
