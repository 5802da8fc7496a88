/** The steps of a decision trace in words. */
import { element, percent, sentenceCase } from '../elements.js';
import { actionsText, reasonText, verdictName } from './verdict.js';

const HASH_SHOWN = 8;

const alertNames = { immediate: 'Alert sent', digested: 'Left for the digest', suppressed: 'No alert' };
const suppressedBecause = {
  duplicate: 'one of the same kind was sent a moment before',
  rule: 'a rule says to ignore it',
};

/** By type of step: what happened, and what there is to say about it. */
const describers = {
  opened: ({ score }) => ['Onset', `score ${percent(score)}`],
  peaked: ({ score }) => ['Score rose', percent(score)],
  ended: () => ['Ended'],
  queued: ({ waiting }) => [
    'Queued for a verdict',
    waiting > 1 ? `one of ${waiting} that waited` : 'next in line',
  ],
  clip: ({ pictures, seconds_before: before }) => [
    'Pictures taken',
    `${pictures === 1 ? '1 picture' : `${pictures} pictures`}, the oldest moment ${span(Math.max(0, ...before) * 1000)} before`,
  ],
  late: () => ['Deadline passed', 'people are told without a verdict'],
  asked: ({ model, prompt, waited_ms: waited }) => [
    'Model asked',
    modelName(model),
    `prompt ${prompt}`,
    `after ${span(waited)} in the queue`,
  ],
  answered: ({ verdict, label, confidence, run_ms: run, tokens }) => [
    verdictName(verdict),
    `${sentenceCase(label)}, ${percent(confidence)} sure`,
    `${span(run)} in the model, ${tokens} tokens`,
  ],
  failed: ({ reason, run_ms: run }) => ['Verification failed', reason, `after ${span(run)}`],
  unverified: ({ reason, detail }) => ['Not verified', reasonText(reason), detail],
  decided: (step) => [
    step.by === 'agent' ? 'The agent decided' : 'The written policy decided',
    ...decision(step),
  ],
  alert: ({ outcome, why }) => [alertNames[outcome] ?? sentenceCase(outcome), suppressedBecause[why] ?? why],
};

/** One entry of the list of steps. */
export function stepEntry(step) {
  const [name, ...facts] = describers[step.type]?.(step) ?? [sentenceCase(step.type)];
  const content = element('div', 'step-content', element('strong', '', name));
  for (const fact of facts) if (fact) content.append(element('span', 'fact', fact));
  if (step.reasoning) content.append(element('p', 'step-words', step.reasoning));
  if (step.raw_output) content.append(rawOutput(step.raw_output));
  const entry = element('li', 'step', element('span', 'step-time', offset(step.t)), content);
  entry.dataset.type = step.type;
  return entry;
}

/** Milliseconds in a unit that fits them. */
function span(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}

function decision({ label, severity, actions, rule, fallback, overruled, model, model_ms: ms }) {
  return [
    `${sentenceCase(label)}, ${severity}: ${actionsText(actions).toLowerCase()}`,
    `rule: ${rule}`,
    fallback && `no model decided: ${fallback}`,
    overruled.length > 0 && `not let through: ${overruled.join(', ')}`,
    model && `${modelName(model)}, ${span(ms)}`,
  ];
}

/** An endpoint tells no hash. */
function modelName({ name, sha256 }) {
  return sha256 === '' ? name : `${name} ${sha256.slice(0, HASH_SHOWN)}`;
}

function rawOutput(text) {
  return element('details', 'raw', element('summary', '', 'What the model wrote'), element('pre', '', text));
}

function offset(seconds) {
  return `${seconds < 0 ? '−' : '+'}${Math.abs(seconds).toFixed(2)} s`;
}
