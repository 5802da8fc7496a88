/** What is known of an event beyond its score, in words. Text of models is shown as text, never as markup. */
import { element, percent, sentenceCase } from '../elements.js';

const verdictNames = {
  confirmed: 'Confirmed',
  rejected: 'Rejected',
  unverified: 'Not verified',
  'verification-failed': 'Verification failed',
};

const reasons = {
  no_model: 'no model knows this camera',
  model_unavailable: 'the model could not be used',
  queue_full: 'too many others were waiting',
  merged: 'another event of this camera stands for both',
  deadline: 'no verdict came in time',
  no_picture: 'no picture could be taken',
  stopped: 'Nunchi was stopped',
};

/** Why nobody looked at an event; a reason that this page does not know is shown as it came. */
export function reasonText(reason) {
  return reasons[reason] ?? reason;
}

export function verdictName(verdict) {
  return verdictNames[verdict] ?? sentenceCase(verdict);
}

export function severityChip(severity) {
  const chip = element('span', 'chip', sentenceCase(severity));
  chip.dataset.severity = severity;
  return chip;
}

/** The verdict, and how sure it is or why there is none; nothing for what is not for a model to judge. */
export function verdictLine({ verdict, state, label, data }) {
  if (verdict === 'unverified' && data.unverified_because === undefined) {
    return state === 'new' && label === 'anomaly' ? [line('pending', 'Waiting for a verdict')] : [];
  }
  const detail =
    data.confidence === undefined ? reasonText(data.unverified_because) : `${percent(data.confidence)} sure`;
  return [line(verdict, verdictName(verdict), detail)];
}

/** What is to be done, in a few words. */
export function actionsText(actions) {
  return sentenceCase(actions.join(', '));
}

function line(verdict, name, detail) {
  const created = element('p', 'verdict', element('span', 'verdict-name', name));
  created.dataset.verdict = verdict;
  if (detail !== undefined) created.append(' ', element('span', 'verdict-detail', detail));
  return created;
}
