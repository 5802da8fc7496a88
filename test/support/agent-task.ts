import type { AgentTask, Finding } from '../../src/decision/decision.js';
import type { Severity } from '../../src/event.js';
import type { VlmAnswer } from '../../src/verification/verdict.js';

/** Monday noon. */
const noon = { day: 1, minute: 720 };

/** A confirmed person running, at noon, of whom nothing is known; `changes` over it. */
export function newTask(
  changes: Partial<Omit<AgentTask, 'event'>> & { event?: Partial<AgentTask['event']> } = {},
): AgentTask {
  const { event, ...others } = changes;
  return {
    finding: confirmed(),
    rules: [],
    local: noon,
    history: { lastHour: 0, falseAlarms: 0 },
    ...others,
    event: {
      id: '0197f5a0-0000-7000-8000-000000000000',
      camera: 'gate',
      cameraName: 'Gate',
      topScore: 0.6,
      threshold: 0.5,
      scoreSeverity: 'low',
      ...event,
    },
  };
}

export function confirmed(answer: Partial<VlmAnswer> = {}): Finding {
  return { verdict: 'confirmed', answer: { ...running, ...answer } };
}

export function rejected(description = 'Nothing out of the ordinary.'): Finding {
  return {
    verdict: 'rejected',
    answer: { label: 'normal', severity: 'low', confidence: 0.9, description, evidence: [] },
  };
}

export const unverified: Finding = { verdict: 'unverified', reason: 'deadline' };
export const failed: Finding = { verdict: 'verification-failed', reason: 'no JSON' };

export function scored(scoreSeverity: Severity): Partial<AgentTask['event']> {
  return { scoreSeverity };
}

const running: VlmAnswer = {
  label: 'running',
  severity: 'medium',
  confidence: 0.9,
  description: 'A person runs.',
  evidence: [],
};
