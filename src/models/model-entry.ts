import { z } from 'zod';
import { AppError } from '../errors.js';
import type { AgentModel } from '../model-file.js';
import { modelNameSchema } from '../model-name.js';
import { promptNames } from '../verification/prompt.js';

/** What manifests say of language models: that of the shipped ones, and that of each pulled one. */

export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'a sha256 is 64 hexadecimal digits');

/** Beside the manifest: never somewhere else. */
const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/, 'a plain file name');
const file = z.object({ file: fileName, sha256: sha256Schema });

const contextTokens = z
  .int()
  .min(64)
  .max(1_000_000)
  .describe('tokens of prompt, pictures and answer together');
const agentPrompts = ['policy-1', 'general-1'] as const satisfies readonly AgentModel['prompt'][];

export const vlmEntrySchema = z.object({
  text: file,
  projector: file,
  prompt: z.enum(promptNames),
  picture: z.discriminatedUnion('layout', [
    z.object({ layout: z.literal('montage') }),
    z.object({
      layout: z.literal('frames'),
      count: z.int().min(1).max(4),
      width: z.int().min(64).max(1_280).describe('pixels'),
    }),
  ]),
  context: contextTokens,
  memory_mb: z.int().positive().optional().describe('MiB that it takes in all, estimated'),
});

export const agentEntrySchema = z.object({
  text: file,
  prompt: z.enum(agentPrompts),
  context: contextTokens,
  memory_mb: z.int().positive().optional().describe('MiB that it takes in all, estimated'),
});

const pulled = {
  version: z.literal(1),
  name: modelNameSchema,
  pulled_at: z.number().describe('Unix seconds'),
  licence: z.string(),
};

/** Manifest of a model that was pulled: what it is, how it is used, and exactly which files it is made of. */
export const pulledManifestSchema = z.discriminatedUnion('kind', [
  vlmEntrySchema.extend({ ...pulled, kind: z.literal('vlm') }),
  agentEntrySchema.extend({ ...pulled, kind: z.literal('agent') }),
]);
export type PulledManifest = z.infer<typeof pulledManifestSchema>;

/** `text` as JSON of the form of `schema`. Throws `model.shape_mismatch`, which names `where` and `model`. */
export function parseManifest<T>(
  text: string,
  schema: z.ZodType<T>,
  { where, model }: { where: string; model: string },
): T {
  const parsed = schema.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const message = `${where} does not describe the model ${model}: ${z.prettifyError(parsed.error)}`;
  throw new AppError('model.shape_mismatch', message, { model, file: where });
}

/** Undefined when it is none. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
