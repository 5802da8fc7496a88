import type { AlertDecision } from '../../alerting/alert-core.js';
import type { Decision } from '../../decision/decision.js';
import { cappedOutput, type UntimedStep } from '../../trace.js';

export function decidedStep(decision: Decision): UntimedStep {
  const { by, fallback, rule, overruled, label, severity, actions, reasoning, model } = decision;
  return {
    type: 'decided',
    by,
    fallback,
    rule,
    overruled: [...overruled],
    label,
    severity,
    actions,
    reasoning,
    visited: [...decision.visited],
    model,
    raw_output: decision.rawOutput === null ? null : cappedOutput(decision.rawOutput),
    model_ms: decision.modelMs,
  };
}

export function alertStep(decision: AlertDecision): UntimedStep {
  const why = decision.type === 'suppressed' ? decision.why : null;
  return { type: 'alert', outcome: decision.type, why };
}
