/**
 * The written policy: what is done about an event. It decides alone when there is no model, holds the model within
 * bounds when there is one, and is what the shipped model was trained to say.
 *
 * The severity is that of the finding, and never below the floors:
 *
 * | finding                              | severity before the floors |
 * | ------------------------------------ | -------------------------- |
 * | confirmed                            | the VLM's                  |
 * | rejected                             | low                        |
 * | verification-failed, unverified      | the score's                |
 *
 * | floor                                                   | at least            |
 * | ------------------------------------------------------- | ------------------- |
 * | a rule of the configuration, for its labels and hours   | its `min_severity`  |
 * | a high score                                            | high                |
 *
 * The first row that fits names the rule and the actions:
 *
 * | rule                    | finding and severity                                        | actions       |
 * | ----------------------- | ----------------------------------------------------------- | ------------- |
 * | `unverified`            | unverified                                                  | alert, review |
 * | `verification_failed`   | verification-failed                                         | alert, review |
 * | `rejected_serious`      | rejected, high or critical by a floor                       | alert, review |
 * | `rejected_raised`       | rejected, medium by a floor                                 | log, review   |
 * | `rejected`              | rejected                                                    | log           |
 * | `confirmed_minor_unsure`| confirmed, low, confidence below 0.5                        | log, review   |
 * | `confirmed_minor`       | confirmed, low                                              | log           |
 * | `confirmed_doubted`     | confirmed, medium, 2 or more false alarms like it in 7 days | log, review   |
 * | `confirmed_unsure`      | confirmed, confidence below 0.5                             | alert, review |
 * | `confirmed`             | confirmed                                                   | alert         |
 *
 * Three or more events like it in the last hour change nothing but the reasoning: alerts are bundled elsewhere.
 */
import type { Severity } from '../event.js';
import type { ActionName, AgentAnswer, AgentTask, Decision, Finding } from './decision.js';
import { floorOf, isHigh, labelOf, moreSevere, type Floor } from './floors.js';

/** A VLM that is less sure than this has somebody look. */
const SURE = 0.5;
/** False alarms in seven days after which a camera and a label are doubted. */
export const DOUBTED = 2;
/** Events in an hour that are worth a word. */
export const REPEATED = 3;

/** What the policy decides by, and all that it decides by. */
export interface Situation {
  verdict: Finding['verdict'];
  label: string;
  /** By the finding alone, before the floors. */
  found: Severity;
  sure: boolean;
  floor: Floor;
  /** Events of the same camera and label in the last hour. */
  lastHour: number;
  /** False alarms of the same camera and label in seven days. */
  falseAlarms: number;
}

export interface PolicyAnswer extends AgentAnswer {
  actions: ActionName[];
  /** The row of the policy, and the floor if one raised the severity. */
  rule: string;
}

export function situationOf(task: AgentTask): Situation {
  const { finding, event, history } = task;
  return {
    verdict: finding.verdict,
    label: labelOf(finding),
    found: foundSeverity(finding, event.scoreSeverity),
    sure: 'answer' in finding && finding.answer.confidence >= SURE,
    floor: floorOf(task),
    lastHour: history.lastHour,
    falseAlarms: history.falseAlarms,
  };
}

/**
 * What the policy alone makes of an event.
 *
 * @param fallback - why no model decided though there is one; null when there is none
 */
export function decideByPolicy(task: AgentTask, fallback: string | null = null): Decision {
  return {
    ...answerOf(situationOf(task)),
    by: 'policy',
    fallback,
    overruled: [],
    model: null,
    rawOutput: null,
    modelMs: 0,
    visited: [],
  };
}

/** Total and deterministic: every situation has one answer. */
export function answerOf(situation: Situation): PolicyAnswer {
  const { label, found, floor, lastHour } = situation;
  const severity = moreSevere(found, floor.severity);
  const row = rowOf(situation, severity);
  const raisedBy = severity === found ? null : floor.by;
  const source = raisedBy === null || raisedBy === 'score' ? raisedBy : 'rule';
  return {
    label,
    severity,
    actions: [...rows[row].actions],
    reasoning: reasoningOf(row, source, lastHour >= REPEATED),
    rule:
      raisedBy === null ? row : `${row}, ${raisedBy === 'score' ? 'high score' : `rule ${raisedBy.rule}`}`,
  };
}

/**
 * Below this no model may go: the floors, and where no model could say what it saw, the score. A model may lower
 * another model's severity only above it.
 */
export function minimumOf({ verdict, found, floor }: Situation): Severity {
  const isSeen = verdict === 'confirmed' || verdict === 'rejected';
  return isSeen ? floor.severity : moreSevere(found, floor.severity);
}

/** What is high is always told, and so is what nobody could look at. */
export function mustAlert({ verdict }: Situation, severity: Severity): boolean {
  return isHigh(severity) || verdict === 'unverified' || verdict === 'verification-failed';
}

type Row = keyof typeof rows;

const rows = {
  unverified: {
    actions: ['alert', 'review'],
    why: 'No model has looked at it: it counts by its score, and somebody should look.',
  },
  verification_failed: {
    actions: ['alert', 'review'],
    why: 'The check of it failed: it counts by its score, and somebody should look.',
  },
  rejected_serious: {
    actions: ['alert', 'review'],
    why: 'The check saw nothing unusual, which does not silence it: somebody should look.',
  },
  rejected_raised: {
    actions: ['log', 'review'],
    why: 'The check saw nothing unusual: it is stored, and somebody should look.',
  },
  rejected: { actions: ['log'], why: 'The check saw nothing unusual: it is stored.' },
  confirmed_minor_unsure: {
    actions: ['log', 'review'],
    why: 'Seen, but not clearly, and of little weight: it is stored, and somebody should look.',
  },
  confirmed_minor: { actions: ['log'], why: 'Seen, and of little weight: it is stored.' },
  confirmed_doubted: {
    actions: ['log', 'review'],
    why: 'Seen, but the like was called a false alarm here before: somebody should look.',
  },
  confirmed_unsure: { actions: ['alert', 'review'], why: 'Seen, but not clearly: somebody should look.' },
  confirmed: { actions: ['alert'], why: 'Seen and confirmed.' },
} as const satisfies Record<string, { actions: readonly ActionName[]; why: string }>;

function rowOf(
  { verdict, sure, falseAlarms }: Pick<Situation, 'verdict' | 'sure' | 'falseAlarms'>,
  severity: Severity,
): Row {
  switch (verdict) {
    case 'unverified':
      return 'unverified';
    case 'verification-failed':
      return 'verification_failed';
    case 'rejected':
      if (isHigh(severity)) return 'rejected_serious';
      return severity === 'medium' ? 'rejected_raised' : 'rejected';
    case 'confirmed':
      if (severity === 'low') return sure ? 'confirmed_minor' : 'confirmed_minor_unsure';
      if (severity === 'medium' && falseAlarms >= DOUBTED) return 'confirmed_doubted';
      return sure ? 'confirmed' : 'confirmed_unsure';
  }
}

function foundSeverity(finding: Finding, byScore: Severity): Severity {
  switch (finding.verdict) {
    case 'confirmed':
      return finding.answer.severity;
    case 'rejected':
      return 'low';
    case 'verification-failed':
    case 'unverified':
      return byScore;
  }
}

const raises = {
  score: ' Raised because of a high score.',
  rule: ' Raised by a rule.',
} as const;
const AGAIN = ' Three or more like it in the last hour.';

function reasoningOf(row: Row, raisedBy: keyof typeof raises | null, again: boolean): string {
  return rows[row].why + (raisedBy === null ? '' : raises[raisedBy]) + (again ? AGAIN : '');
}

/** Everything that the policy may give as its reason. */
export function policyReasons(): string[] {
  const sources = [null, 'score', 'rule'] as const;
  return (Object.keys(rows) as Row[]).flatMap((row) =>
    sources.flatMap((source) => [false, true].map((again) => reasoningOf(row, source, again))),
  );
}
