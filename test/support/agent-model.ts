import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { AgentModel } from '../../src/model-file.js';
import { packagePath } from '../../src/paths.js';

const entrySchema = z.object({
  text: z.object({ file: z.string(), sha256: z.string() }),
  prompt: z.enum(['policy-1', 'general-1']),
  context: z.number(),
});

/** The agent's model that ships, as the manifest describes it. */
export function shippedAgent(): AgentModel {
  const manifest = z
    .object({ models: z.object({ agent: entrySchema }) })
    .parse(JSON.parse(readFileSync(packagePath('models/manifest.json'), 'utf8')));
  const { text, prompt, context } = manifest.models.agent;
  const file = { path: packagePath(`models/${text.file}`), sha256: text.sha256 };
  return { name: 'agent', file, prompt, contextTokens: context };
}
