import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { confirmed, failed, newTask, rejected, scored, unverified } from '../../test/support/agent-task.js';
import { severityRank } from '../event.js';
import { packagePath } from '../paths.js';
import { actionNames, type AgentTask, type Decision } from './decision.js';
import { everySituation } from './every-situation.js';
import { answerOf, decideByPolicy, minimumOf, policyReasons, situationOf } from './policy.js';

const medium = [{ name: 'Yard', min_severity: 'medium' as const }];
const doubted = { lastHour: 0, falseAlarms: 2 };

/** What is decided on, and what comes of it: the table of policy.ts row by row. */
const table: [string, AgentTask, Pick<Decision, 'rule' | 'severity' | 'actions'>][] = [
  ['nobody looked', newTask({ finding: unverified }), row('unverified', 'low', ['alert', 'review'])],
  [
    'nobody looked at a high score',
    newTask({ finding: unverified, event: scored('high') }),
    row('unverified', 'high', ['alert', 'review']),
  ],
  [
    'the check failed',
    newTask({ finding: failed, event: scored('medium') }),
    row('verification_failed', 'medium', ['alert', 'review']),
  ],
  [
    'nothing was seen, but the score is high',
    newTask({ finding: rejected(), event: scored('high') }),
    row('rejected_serious, high score', 'high', ['alert', 'review']),
  ],
  [
    'nothing was seen, but a rule asks for it',
    newTask({ finding: rejected(), rules: medium }),
    row('rejected_raised, rule Yard', 'medium', ['log', 'review']),
  ],
  ['nothing was seen', newTask({ finding: rejected() }), row('rejected', 'low', ['log'])],
  [
    'something small is seen',
    newTask({ finding: confirmed({ severity: 'low' }) }),
    row('confirmed_minor', 'low', ['log']),
  ],
  [
    'something small is seen, but not clearly',
    newTask({ finding: confirmed({ severity: 'low', confidence: 0.4 }) }),
    row('confirmed_minor_unsure', 'low', ['log', 'review']),
  ],
  [
    'something small is seen, and a rule asks for it',
    newTask({ finding: confirmed({ severity: 'low' }), rules: medium }),
    row('confirmed, rule Yard', 'medium', ['alert']),
  ],
  [
    'what is seen was a false alarm here twice',
    newTask({ history: doubted }),
    row('confirmed_doubted', 'medium', ['log', 'review']),
  ],
  [
    'what is seen was a false alarm here once',
    newTask({ history: { lastHour: 0, falseAlarms: 1 } }),
    row('confirmed', 'medium', ['alert']),
  ],
  [
    'something bad is seen that was a false alarm here',
    newTask({ finding: confirmed({ label: 'fall', severity: 'high' }), history: doubted }),
    row('confirmed', 'high', ['alert']),
  ],
  [
    'something is seen, but not clearly',
    newTask({ finding: confirmed({ confidence: 0.4 }) }),
    row('confirmed_unsure', 'medium', ['alert', 'review']),
  ],
  ['something is seen', newTask(), row('confirmed', 'medium', ['alert'])],
];

function row(rule: string, severity: Decision['severity'], actions: Decision['actions']) {
  return { rule, severity, actions };
}

describe('the written policy', () => {
  it.each(table)('when %s', (_, task, expected) => {
    expect(decideByPolicy(task)).toMatchObject({ ...expected, by: 'policy', fallback: null, overruled: [] });
  });

  it('has in its documentation each rule that it names', () => {
    const text = readFileSync(packagePath('src/decision/policy.ts'), 'utf8');
    const rules = new Set([...everySituation()].map((task) => decideByPolicy(task).rule.split(',')[0]));
    expect(rules.size).toBe(10);
    for (const rule of rules) expect(text).toMatch(new RegExp(`^ \\* \\| \`${rule ?? ''}\` *\\|`, 'm'));
  });

  it('in every situation stays above the floors, acts by the list, and gives a reason that the model knows', () => {
    const reasons = new Set(policyReasons());
    for (const task of everySituation()) {
      const situation = situationOf(task);
      const { severity, actions, reasoning, label } = answerOf(situation);
      expect(severityRank(severity)).toBeGreaterThanOrEqual(severityRank(minimumOf(situation)));
      expect(actions.length).toBeGreaterThan(0);
      for (const action of actions) expect(actionNames).toContain(action);
      if (severityRank(severity) >= severityRank('high')) expect(actions).toContain('alert');
      expect(reasons.has(reasoning), reasoning).toBe(true);
      expect(label).toBe('answer' in task.finding ? task.finding.answer.label : 'anomaly');
    }
  });

  it('says so when there were three like it in the hour, and decides the same', () => {
    const twice = decideByPolicy(newTask({ history: { lastHour: 2, falseAlarms: 0 } }));
    const thrice = decideByPolicy(newTask({ history: { lastHour: 3, falseAlarms: 0 } }));
    expect(twice.reasoning).toBe('Seen and confirmed.');
    expect(thrice).toEqual({
      ...twice,
      reasoning: 'Seen and confirmed. Three or more like it in the last hour.',
    });
  });

  it('says what raised a severity', () => {
    expect(decideByPolicy(newTask({ event: scored('high') })).reasoning).toContain('high score');
    expect(
      decideByPolicy(newTask({ rules: [{ name: 'Yard', min_severity: 'critical' }] })).reasoning,
    ).toContain('by a rule');
  });
});
