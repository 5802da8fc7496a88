/**
 * Asks the exported model, through the product's own code and grammar, what it was not trained on, and compares
 * what it writes with the written policy.
 *
 *     node models/agent/evaluate.mjs DECISIONS.jsonl FIGURES.json
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { packagePath } from '../../dist/paths.js';
import { loadAgent } from '../../dist/workers/language/llama-agent.js';

const CONTEXT = 512;
const [lines, out] = process.argv.slice(2);
const file = packagePath('models/agent.gguf');
const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
const model = { name: 'agent', file: { path: file, sha256 }, prompt: 'policy-1', contextTokens: CONTEXT };
const { signal } = new AbortController();
const agent = await loadAgent(model, 1, signal);

const held = readFileSync(lines, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))
  .filter((line) => line.held);
const ms = [];
let valid = 0;
let agreed = 0;
let verbatim = 0;
for (const { prompt, answer } of held) {
  const begun = performance.now();
  const text = await agent.ask(prompt, signal);
  ms.push(performance.now() - begun);
  verbatim += text === answer;
  const given = parsed(text);
  if (given === undefined) continue;
  valid += 1;
  if (decision(given) === decision(JSON.parse(answer))) agreed += 1;
  else process.stderr.write(`${JSON.stringify(prompt)}\n  ${text}\n  ${answer}\n`);
}
await agent.dispose();

ms.sort((a, b) => a - b);
const share = (count) => Number((count / held.length).toFixed(4));
const figures = {
  held_out: {
    situations: held.length,
    valid_json: share(valid),
    agrees_with_policy: share(agreed),
    same_text: share(verbatim),
  },
  ms_per_decision: {
    median: Number(ms[Math.floor(ms.length / 2)].toFixed(1)),
    p99: Number(ms[Math.floor(ms.length * 0.99)].toFixed(1)),
  },
};
writeFileSync(out, `${JSON.stringify(figures, null, 2)}\n`);
process.stdout.write(`${JSON.stringify(figures)}\n`);

function decision({ label, severity, actions }) {
  return JSON.stringify([label, severity, actions]);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
