import { severities, type Severity } from '../event.js';
import { verdictLabels, type VlmAnswer } from '../verification/verdict.js';
import type { AgentRule, AgentTask, Finding } from './decision.js';
import { DOUBTED, REPEATED } from './policy.js';

/**
 * One task for each combination of all that the policy looks at, in a fixed order: what the shipped model is trained
 * and measured on. Names and descriptions are the same in all, because the model never sees any.
 */
export function* everySituation(): Generator<AgentTask> {
  for (const finding of everyFinding())
    for (const scoreSeverity of ['low', 'medium', 'high'] as const)
      for (const ruleSeverity of [null, ...severities])
        for (let lastHour = 0; lastHour <= REPEATED; lastHour += 1)
          for (let falseAlarms = 0; falseAlarms <= DOUBTED; falseAlarms += 1)
            yield {
              event: {
                id: 'event',
                camera: 'camera',
                cameraName: 'Camera',
                topScore: 0.7,
                threshold: 0.5,
                scoreSeverity,
              },
              finding,
              rules: ruleSeverity === null ? [] : [ruleOf(ruleSeverity)],
              local: { day: 1, minute: 720 },
              history: { lastHour, falseAlarms },
            };
}

function* everyFinding(): Generator<Finding> {
  yield { verdict: 'unverified', reason: 'deadline' };
  yield { verdict: 'verification-failed', reason: 'no answer' };
  for (const confidence of [0.4, 0.9]) {
    yield { verdict: 'rejected', answer: answerOf('normal', 'low', confidence) };
    for (const label of verdictLabels.filter((other) => other !== 'normal'))
      for (const severity of severities)
        yield { verdict: 'confirmed', answer: answerOf(label, severity, confidence) };
  }
}

function answerOf(label: VlmAnswer['label'], severity: Severity, confidence: number): VlmAnswer {
  return { label, severity, confidence, description: 'Something happens.', evidence: [] };
}

function ruleOf(min_severity: Severity): AgentRule {
  return { name: 'Rule', min_severity };
}
