/** The form above the list of events: which of them are wanted. */
import { offerChoices, sentenceCase } from '../elements.js';

const TYPING_PAUSE_MS = 300;

export class EventFilters {
  #form;
  #pause = null;

  /** `onChanged` hears that other events are wanted; words count once the typing pauses. */
  constructor(form, onChanged) {
    this.#form = form;
    const changed = () => {
      clearTimeout(this.#pause);
      form.dataset.narrowed = String(this.isNarrowed);
      onChanged();
    };
    form.addEventListener('submit', (submit) => {
      submit.preventDefault();
      changed();
    });
    form.addEventListener('input', ({ target }) => {
      clearTimeout(this.#pause);
      if (target.type === 'search') this.#pause = setTimeout(changed, TYPING_PAUSE_MS);
      else changed();
    });
    // The fields are emptied only after this event.
    form.addEventListener('reset', () => queueMicrotask(() => changed()));
  }

  get isNarrowed() {
    return this.parameters().size > 0;
  }

  /** Whether words are looked for: only the server can say which events they are in. */
  get hasWords() {
    return this.parameters().has('q');
  }

  /** For the query of `/api/events`; what is not set is absent. */
  parameters() {
    const set = [...new FormData(this.#form)].map(([name, value]) => [name, value.trim()]);
    return new URLSearchParams(set.filter(([, value]) => value !== ''));
  }

  /** Whether an event is among those wanted, words aside. */
  admits(event) {
    const { camera, severity, verdict, label, kept } = Object.fromEntries(this.parameters());
    const wanted = [
      [camera, event.camera],
      [severity, event.severity],
      [verdict, event.verdict],
      [label, event.label],
      [kept, String(event.kept)],
    ];
    return wanted.every(([asked, found]) => asked === undefined || asked === found);
  }

  /** The cameras to choose from: `{id, name}`. */
  offerCameras(cameras) {
    offerChoices(
      this.#form.elements.camera,
      cameras.map(({ id, name }) => [id, name]),
    );
  }

  /** The labels to choose from. */
  offerLabels(labels) {
    offerChoices(
      this.#form.elements.label,
      labels.map((label) => [label, sentenceCase(label)]),
    );
  }
}
