import { severities, type Severity } from '../event.js';
import { actionNames, type ActionName, type AgentAnswer, type Proposal } from './decision.js';
import { moreSevere } from './floors.js';
import { minimumOf, mustAlert, type PolicyAnswer, type Situation } from './policy.js';

const MAX_REASONING = 300;
/** Of a model's word that is shown because it was not followed, in characters. */
const MAX_SHOWN = 40;

export interface Guarded {
  answer: AgentAnswer;
  /** What the model wanted and was not given; empty when it was followed in all. */
  overruled: string[];
}

/**
 * What is left of a model's proposal within the policy: it may raise the severity and word the reason; it may lower
 * neither what the floors hold nor what has to be told, name nothing anew, and do nothing but the listed actions.
 *
 * @param policy - what the policy would do, which stands in for what is unusable
 */
export function guard(proposal: Proposal, situation: Situation, policy: PolicyAnswer): Guarded {
  const overruled: string[] = [];
  const severity = guardSeverity(proposal.severity, situation, policy, overruled);
  const actions = guardActions(proposal.actions, mustAlert(situation, severity), policy, overruled);
  if (proposal.label !== situation.label) overruled.push(`label ${shown(proposal.label)}`);
  const reasoning = readable(proposal.reasoning);
  return {
    answer: { label: situation.label, severity, actions, reasoning: reasoning || policy.reasoning },
    overruled,
  };
}

function guardSeverity(
  wanted: string,
  situation: Situation,
  policy: PolicyAnswer,
  overruled: string[],
): Severity {
  const known = severities.find((severity) => severity === wanted);
  const severity = known === undefined ? policy.severity : moreSevere(known, minimumOf(situation));
  if (severity !== wanted) overruled.push(`severity ${shown(wanted)}`);
  return severity;
}

function guardActions(
  wanted: readonly string[],
  isTold: boolean,
  policy: PolicyAnswer,
  overruled: string[],
): ActionName[] {
  const kept = actionNames.filter((action) => wanted.includes(action));
  for (const action of wanted) {
    if (!actionNames.some((name) => name === action)) overruled.push(`action ${shown(action)}`);
  }
  if (isTold && !kept.includes('alert')) {
    overruled.push('no alert');
    return ['alert', ...kept];
  }
  return kept.length > 0 ? kept : policy.actions;
}

/** On one line, without control characters, and no longer than an event keeps. */
function readable(text: string): string {
  return text
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_REASONING);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, MAX_SHOWN));
}
