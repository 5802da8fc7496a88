/** One alert of the list: what it was about, and what came of it on each channel. */
import { heldBackText, statusName, suppressedText } from './alert-words.js';
import { button, counted, element, percent, sentenceCase } from '../elements.js';
import { momentText, timeElement } from '../times.js';
import { severityChip } from '../events/verdict.js';

/** A digest may have a hundred. */
const EVENTS_SHOWN = 5;

const kindNames = {
  immediate: 'Told at once',
  digest: 'Digest',
  notice: 'About the alerts themselves',
  test: 'Test',
  suppressed: 'Not told',
};

/** `openEvent` is given the id of an event that somebody wants to see. */
export function alertEntry(alert, openEvent) {
  const item = element(
    'li',
    'alert',
    element('p', 'headline', element('strong', '', titleOf(alert)), severityChip(alert.severity)),
    element('p', 'where', timeElement(alert.time), element('span', '', kindText(alert))),
    ...(alert.text === null ? [] : [element('p', 'summary', alert.text)]),
    ...alertedEvents(alert, openEvent),
    deliveryList(alert),
  );
  Object.assign(item.dataset, { id: alert.id, kind: alert.kind });
  return item;
}

function titleOf({ kind, events: [event], count }) {
  if (kind === 'notice') return 'Notice';
  if (kind === 'test') return 'Test message';
  if (count === 1 && event !== undefined) return `${sentenceCase(event.label)} at ${event.camera_name}`;
  return counted(count, 'event');
}

function kindText({ kind, reason }) {
  return reason === null ? (kindNames[kind] ?? kind) : `${kindNames[kind]}: ${suppressedText(reason)}`;
}

function alertedEvents({ events, count }, openEvent) {
  if (events.length === 0) return [];
  const shown = events.slice(0, EVENTS_SHOWN).map((event) => {
    const title = `${sentenceCase(event.label)} at ${event.camera_name}`;
    const open = button(count === 1 ? 'Details' : title, () => openEvent(event.id), 'more');
    open.ariaLabel = `Details of ${title}`;
    const facts = [`score ${percent(event.top_score)}`, momentText(event.start_time), ...event.zones];
    return element('li', '', open, ...facts.map((fact) => element('span', 'fact', fact)));
  });
  const left = count - shown.length;
  const rest = left > 0 ? [element('li', 'fact', `and ${left} more`)] : [];
  return [element('ul', 'alert-events', ...shown, ...rest)];
}

function deliveryList({ kind, deliveries }) {
  if (deliveries.length > 0) return element('ul', 'deliveries', ...deliveries.map(delivery));
  return element('p', 'fact', kind === 'suppressed' ? '' : 'There was no channel to tell.');
}

function delivery({ channel, status, reason, attempts, last_error: error, sent_time: sent }) {
  const facts = [
    reason !== null && heldBackText(reason),
    sent !== null && momentText(sent),
    (attempts > 1 || (status !== 'sent' && attempts > 0)) && counted(attempts, 'attempt'),
    status !== 'sent' && error,
  ];
  const item = element(
    'li',
    'delivery',
    element('span', 'delivery-channel', channel),
    element('span', 'delivery-status', statusName(status)),
    ...facts.filter(Boolean).map((fact) => element('span', 'fact', fact)),
  );
  item.dataset.status = status;
  return item;
}
