import { v7 as uuidv7 } from 'uuid';
import type { Trace } from '../../src/trace.js';

/** The trace of an event that ended with a verdict and an alert; `fields` replace its own. */
export function eventTrace(fields: Partial<Trace> = {}): Trace {
  return {
    id: uuidv7(),
    camera: 'gate',
    outcome: 'event',
    why: null,
    state: 'complete',
    start_time: 1_700_000_000,
    threshold: 0.5,
    scores: { t: [-0.4, -0.2, 0, 0.2, 0.4, 0.6], s: [0.05, 0.1, 0.6, 0.8, 0.92, 0.4] },
    steps: [
      { type: 'opened', t: 0.21, score: 0.8 },
      { type: 'queued', t: 0.21, waiting: 1 },
      { type: 'clip', t: 0.25, pictures: 1, seconds_before: [4.5, 3, 1.5, 0] },
      {
        type: 'asked',
        t: 0.26,
        model: { name: 'nunchi-drawn', sha256: 'c0ffee'.repeat(10) + 'c0ff' },
        prompt: 'drawn-2',
        waited_ms: 40,
      },
      { type: 'peaked', t: 0.41, score: 0.92 },
      {
        type: 'answered',
        t: 0.9,
        verdict: 'confirmed',
        label: 'wrong_way',
        confidence: 0.9,
        raw_output: '{"label":"wrong_way"}',
        tokens: 42,
        waited_ms: 20,
        run_ms: 610,
      },
      {
        type: 'decided',
        t: 0.96,
        by: 'agent',
        fallback: null,
        rule: 'severity of the verdict',
        overruled: [],
        label: 'wrong_way',
        severity: 'medium',
        actions: ['alert', 'review'],
        reasoning: 'Confirmed by the pictures.',
        visited: [
          { node: 'triage', ms: 0.1 },
          { node: 'context', ms: 1 },
          { node: 'decide', ms: 56 },
          { node: 'act', ms: 0.2 },
        ],
        model: { name: 'nunchi-agent', sha256: 'beef'.repeat(16) },
        raw_output: '{"label":"wrong_way"}',
        model_ms: 55,
      },
      { type: 'alert', t: 0.97, outcome: 'digested', why: null },
      { type: 'ended', t: 2.7 },
    ],
    ...fields,
  };
}
