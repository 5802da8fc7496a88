/** "Why was I not told?": everything that a camera found unusual, down to what became no event, and why people were told of it or not. */
import { ask, failureText } from '../access.js';
import { nothingText, suppressedText } from './alert-words.js';
import { silenceOf } from '../cameras/camera-words.js';
import { button, element, offerChoices, percent, replaceLines, sentenceCase, setText } from '../elements.js';
import { momentText, timeElement } from '../times.js';

const LISTED = 100;

export class AlertCandidates {
  #page;
  #openEvent;
  #cameras = [];
  #hasChannels = true;

  /** `page` holds the elements: `form`, `list`, `empty`, `notice` and `silent`. */
  constructor({ page, openEvent }) {
    this.#page = page;
    this.#openEvent = openEvent;
    page.form.addEventListener('submit', (submit) => submit.preventDefault());
    page.form.addEventListener('input', () => void this.refresh());
  }

  /** Takes over what `/api/cameras` says. */
  update(cameras) {
    this.#cameras = cameras;
    offerChoices(
      this.#page.form.elements.camera,
      cameras.map(({ id, name }) => [id, name]),
    );
  }

  /** Without a channel nobody hears of what is to be told. */
  knowChannels(names) {
    this.#hasChannels = names.length > 0;
  }

  async refresh() {
    const camera = this.#page.form.elements.camera.value;
    const parameters = new URLSearchParams({ limit: String(LISTED), ...(camera !== '' && { camera }) });
    try {
      const { traces } = await ask(`/api/traces?${parameters}`);
      if (camera !== this.#page.form.elements.camera.value) return;
      setText(this.#page.notice, '');
      this.#show(traces);
    } catch (failure) {
      setText(this.#page.notice, `What was noticed cannot be listed: ${failureText(failure)}.`);
    }
  }

  #show(traces) {
    const wanted = this.#page.form.elements.camera.value;
    const asked = this.#cameras.filter(({ id }) => wanted === '' || id === wanted);
    const silent = asked.flatMap((camera) => silenceOf(camera).map((why) => `${camera.name} ${why}.`));
    const mute = this.#hasChannels ? [] : ['There is no channel: nobody hears of what is to be told.'];
    replaceLines(this.#page.silent, [...mute, ...silent]);
    this.#page.empty.hidden = traces.length > 0;
    const focusedId = document.activeElement?.closest('.candidate')?.dataset.id;
    this.#page.list.replaceChildren(...traces.map((trace) => this.#entry(trace)));
    this.#page.list.querySelector(`[data-id="${focusedId}"] button`)?.focus();
  }

  #entry(trace) {
    const { id, camera, outcome, start_time: start, steps } = trace;
    const name = this.#cameras.find((other) => other.id === camera)?.name ?? camera;
    const scores = steps.flatMap(({ score }) => score ?? []);
    const label = steps.findLast(({ type }) => type === 'decided')?.label ?? 'anomaly';
    const [answer, ...reasons] = answerFor(trace);
    const item = element(
      'li',
      'candidate',
      element(
        'p',
        'headline',
        element('strong', '', outcome === 'nothing' ? 'No event' : sentenceCase(label)),
        element('span', 'answer', answer),
      ),
      element(
        'p',
        'where',
        element('span', '', name),
        timeElement(start),
        ...(scores.length > 0 ? [element('span', '', `score ${percent(Math.max(...scores))}`)] : []),
      ),
      ...reasons.map((reason) => element('p', 'summary', reason)),
    );
    Object.assign(item.dataset, { id, told: String(!answer.startsWith('Not')) });
    if (outcome === 'event') {
      const open = button('Details', () => this.#openEvent(id), 'more');
      open.ariaLabel = `Details of ${label} at ${name}, ${momentText(start)}`;
      item.append(open);
    }
    return item;
  }
}

/** Whether people were told of it, and why or why not. */
function answerFor({ outcome, why, state, steps }) {
  if (outcome === 'nothing') return ['Not told', sentenceCase(`${nothingText(why)}.`)];
  const last = (type) => steps.findLast((step) => step.type === type);
  const alert = last('alert');
  if (alert?.outcome === 'immediate') return ['Told at once'];
  if (alert?.outcome === 'digested') return ['Left for the digest'];
  if (alert !== undefined) return ['Not told', sentenceCase(`${suppressedText(alert.why)}.`)];
  const decided = last('decided');
  if (decided !== undefined && !decided.actions.includes('alert')) {
    const by = decided.by === 'agent' ? 'the agent' : 'the written policy';
    return [
      'Not told',
      sentenceCase(`${by} decided to ${decided.actions.join(' and ')} it only, by the rule ${decided.rule}.`),
      ...(decided.reasoning === '' ? [] : [decided.reasoning]),
    ];
  }
  if (state === 'cut_short') return ['Not told', 'Nunchi was stopped before it was decided on.'];
  return ['Being decided on'];
}
