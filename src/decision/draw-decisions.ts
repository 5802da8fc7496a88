/**
 * Writes what the agent's model is trained and measured on, one JSON object a line: the prompt as the product asks
 * it, the answer as the policy gives it, the finding, and whether the line is held out from training.
 *
 *     node dist/decision/draw-decisions.js OUT.jsonl
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { agentPrompt } from './agent-prompt.js';
import { everySituation } from './every-situation.js';
import { answerOf, situationOf } from './policy.js';

/** One line of so many is held out, drawn by the hash of its prompt. */
const HELD_OUT = 8;

const [out] = process.argv.slice(2);
if (out === undefined) throw new Error('name the file to write');

const answers = new Map<string, { answer: string; finding: string }>();
for (const task of everySituation()) {
  const { label, severity, actions, reasoning } = answerOf(situationOf(task));
  answers.set(agentPrompt('policy-1', task), {
    answer: JSON.stringify({ label, severity, actions, reasoning }),
    finding: task.finding.verdict,
  });
}

const lines = [...answers].map(([prompt, { answer, finding }]) => {
  const held = (createHash('sha256').update(prompt).digest()[0] ?? 0) % HELD_OUT === 0;
  return JSON.stringify({ prompt, answer, finding, held });
});
writeFileSync(out, `${lines.join('\n')}\n`);
