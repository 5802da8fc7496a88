/** The channels that tell people: how they are doing, and what one may do about them. */
import { ask, failureText, send } from '../access.js';
import { heldBackText } from './alert-words.js';
import { mayDo, seesEveryCamera } from '../caller.js';
import { Cards } from '../cards.js';
import { chooseMinutes } from '../choice-dialog.js';
import { button, element, replaceLines, setText } from '../elements.js';
import { momentText } from '../times.js';

const stateNames = {
  ready: 'Ready',
  failing: 'Failing',
  disabled: 'Switched off: its receiver is gone',
  off: 'Off by the configuration',
};

export class AlertChannels {
  #empty;
  #notice;
  #onNames;
  #cards;

  /** `onNames` hears which channels there are. */
  constructor({ list, empty, notice, onNames }) {
    this.#cards = new Cards(
      list,
      ({ name }) => name,
      ({ name }) => new ChannelCard(name),
    );
    this.#empty = empty;
    this.#notice = notice;
    this.#onNames = onNames;
  }

  async refresh() {
    if (!seesEveryCamera()) {
      setText(this.#notice, 'Channels are about all cameras, and your token is for some of them.');
      return;
    }
    try {
      const { channels } = await ask('/api/alerts/channels');
      setText(this.#notice, '');
      this.#show(channels);
    } catch (failure) {
      this.#empty.hidden = true;
      setText(this.#notice, `The channels cannot be listed: ${failureText(failure)}.`);
    }
  }

  #show(channels) {
    this.#cards.update(channels);
    this.#empty.hidden = channels.length > 0;
    this.#onNames(channels.map(({ name }) => name));
  }
}

class ChannelCard {
  #path;
  #name;
  #state = element('span', 'state');
  #type = element('p', 'where');
  #lines = element('ul', 'channel-facts');
  #notice = element('p', 'card-notice');
  #snoozed = null;
  #test = button('Send a test', () => this.#sendTest());
  #snooze = button('Snooze', () => this.#toggleSnooze());
  #enable = button('Switch on again', () => this.#change('POST', 'enable'));
  element;

  constructor(name) {
    this.#name = name;
    this.#path = `/api/alerts/channels/${encodeURIComponent(name)}`;
    this.#notice.setAttribute('role', 'status');
    this.element = element(
      'li',
      'channel',
      element('p', 'headline', element('strong', '', name), this.#state),
      this.#type,
      this.#lines,
      element('div', 'actions', this.#test, this.#snooze, this.#enable),
      this.#notice,
    );
    this.element.dataset.name = name;
  }

  update(channel) {
    const { type, state, snoozed_until: snoozed } = channel;
    this.#snoozed = snoozed;
    this.element.dataset.state = snoozed === null ? state : 'snoozed';
    setText(this.#type, type);
    setText(
      this.#state,
      snoozed === null ? (stateNames[state] ?? state) : `Snoozed until ${momentText(snoozed)}`,
    );
    replaceLines(this.#lines, factLines(channel));
    const isOn = state !== 'off' && mayDo('operator');
    this.#test.hidden = !isOn;
    this.#snooze.hidden = !isOn;
    setText(this.#snooze, snoozed === null ? 'Snooze…' : 'End the snooze');
    this.#enable.hidden = state !== 'disabled' || !mayDo('admin');
  }

  async #sendTest() {
    setText(this.#notice, 'Sending a test…');
    try {
      const { took_ms: ms } = await send('POST', `${this.#path}/test`);
      setText(this.#notice, `The receiver took it, in ${Math.round(ms)} ms.`);
    } catch (failure) {
      setText(this.#notice, `The test failed: ${failureText(failure)}`);
    }
  }

  async #toggleSnooze() {
    const text = 'What it is not told meanwhile it is not told later either; the list says so.';
    const minutes = this.#snoozed === null ? await chooseMinutes(`Snooze ${this.#name} for`, text) : 0;
    if (minutes !== null) await this.#change('PUT', 'snooze', { minutes });
  }

  async #change(method, what, body) {
    try {
      this.update(await send(method, `${this.#path}/${what}`, body));
      setText(this.#notice, '');
    } catch (failure) {
      setText(this.#notice, `That could not be done: ${failureText(failure)}`);
    }
  }
}

function factLines(channel) {
  const { state, disabled_reason: why, last_error: error, held_back: heldBack } = channel;
  const counts = [
    ['sent', channel.sent],
    ['waiting', channel.waiting],
    ['tried again', channel.retried],
    ['given up', channel.failed],
    ['gave way to newer ones', channel.dropped],
    ['states of events that a broker was away for', channel.events_dropped],
  ];
  const told = counts.filter(([name, count]) => count > 0 || name === 'sent');
  return [
    why,
    error === null || state === 'disabled' ? null : `Newest attempt: ${error}`,
    `Since the start: ${told.map(([name, count]) => `${count} ${name}`).join(', ')}`,
    ...Object.entries(heldBack).map(([reason, count]) => `${count} held back: ${heldBackText(reason)}`),
  ].filter((line) => line !== null);
}
