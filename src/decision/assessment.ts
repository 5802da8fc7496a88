import { severityRank, type AnomalyEvent, type Severity } from '../event.js';
import { scoreSeverity } from '../scoring/anomaly-event.js';
import type { Decision, Finding } from './decision.js';

/** What was made of an event beyond its score: what a VLM found, and what was decided. */
export interface Assessment {
  finding: Finding;
  decision: Decision;
  /** The VLM that looked; null when none did. */
  vlm: { name: string; sha256: string } | null;
  /** False while a verdict may still come: its deadline passed, and people are told without it. */
  final: boolean;
}

/** The event as it is after an assessment; `event` is what its score alone makes of it. */
export function assessed(event: AnomalyEvent, { finding, decision, vlm }: Assessment): AnomalyEvent {
  const { label, actions, reasoning } = decision;
  const models = [vlm, decision.model].filter((model) => model !== null);
  return {
    ...event,
    // What a VLM takes for ordinary was unusual to the VAD all the same.
    label: finding.verdict === 'rejected' ? event.label : label,
    severity: severityNow(event, decision),
    verdict: finding.verdict,
    summary: 'answer' in finding ? finding.answer.description : event.summary,
    reasoning,
    actions: [...actions],
    models: [...event.models, ...models],
    data: { ...event.data, ...factsOf(finding), ...reasonsOf(decision) },
  };
}

/** Whether people are told of it at all: what is bad is never only logged. */
export function isAlerted({ severity, actions }: Pick<AnomalyEvent, 'severity' | 'actions'>): boolean {
  return actions.includes('alert') || severityRank(severity) >= severityRank('high');
}

/** The score may have risen after the decision: nothing that a model wrote holds down what is high by then. */
function severityNow(event: AnomalyEvent, decision: Decision): Severity {
  const byScore = scoreSeverity(event.top_score, event.threshold);
  const isHigher = byScore === 'high' && severityRank(decision.severity) < severityRank('high');
  return isHigher ? byScore : decision.severity;
}

function factsOf(finding: Finding): AnomalyEvent['data'] {
  if ('answer' in finding)
    return { confidence: finding.answer.confidence, evidence: finding.answer.evidence };
  return { unverified_because: finding.reason };
}

function reasonsOf({ by, rule, fallback, overruled }: Decision): AnomalyEvent['data'] {
  return {
    decided_by: by,
    rule,
    ...(fallback !== null && { decided_by_policy_because: fallback }),
    ...(overruled.length > 0 && { overruled: [...overruled] }),
  };
}
