import { severities, severityRank, type Severity } from '../event.js';
import { isWithin, type LocalMoment } from '../schedule.js';
import type { AgentRule, AgentTask, Finding } from './decision.js';

/** The least severity an event may have, and what sets it. */
export interface Floor {
  severity: Severity;
  /** A rule of the configuration, by its name; the score; or null when nothing raises it above low. */
  by: { rule: string } | 'score' | null;
}

/** What an event is called: as the VLM names it, and `anomaly` when it is not known what it is. */
export function labelOf(finding: Finding): string {
  return 'answer' in finding ? finding.answer.label : 'anomaly';
}

/**
 * The rules that hold for a label at a moment, in order. A rule with labels is for these alone: what nobody could
 * name is none of them.
 */
export function rulesThatHold(
  rules: readonly AgentRule[],
  label: string,
  local: LocalMoment,
): readonly AgentRule[] {
  return rules.filter(
    ({ labels, schedule }) =>
      (labels === undefined || labels.includes(label)) &&
      (schedule === undefined || isWithin(schedule, local)),
  );
}

/** The highest of the rules that hold and of a high score; where both say the same, the rule is named. */
export function floorOf({ event, finding, rules, local }: AgentTask): Floor {
  let floor: Floor = { severity: 'low', by: null };
  const holding = rulesThatHold(rules, labelOf(finding), local);
  for (const { name, min_severity } of holding) {
    if (severityRank(min_severity) > severityRank(floor.severity))
      floor = { severity: min_severity, by: { rule: name } };
  }
  if (isHigh(event.scoreSeverity) && !isHigh(floor.severity)) floor = { severity: 'high', by: 'score' };
  return floor;
}

export function isHigh(severity: Severity): boolean {
  return severityRank(severity) >= severityRank('high');
}

export function moreSevere(a: Severity, b: Severity): Severity {
  return severities[Math.max(severityRank(a), severityRank(b))] ?? a;
}
