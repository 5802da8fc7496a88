import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../errors.js';

const fileSchema = z.object({ file: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) });
const tensorSchema = z.object({
  dtype: z.string(),
  shape: z.array(z.union([z.number().int().positive(), z.string()])),
});

const modelSchema = z.object({
  graph: fileSchema,
  memory: fileSchema.extend({ shape: z.tuple([z.number().int(), z.number().int()]) }),
  inputs: z.record(z.string(), tensorSchema),
  outputs: z.record(z.string(), tensorSchema),
  window: z.number().int().positive(),
});

const manifestSchema = z.object({ version: z.literal(1), models: z.object({ mnad: modelSchema }) });

/** Sizes of a graph's input or output; a string names a free axis, "B" the batch. */
export type TensorSpec = z.infer<typeof tensorSchema>;
export type ModelSpec = z.infer<typeof modelSchema>;

/**
 * Reads `manifest.json` of a model folder. Throws `model.missing` when it is not there and `model.shape_mismatch`
 * when it does not describe the model.
 */
export function readManifest(modelsDir: string): ModelSpec {
  const file = path.join(modelsDir, 'manifest.json');
  const parsed = manifestSchema.safeParse(parseJson(readModelFile(file), file));
  if (!parsed.success) {
    const message = `${file} does not describe the model mnad: ${z.prettifyError(parsed.error)}`;
    throw new AppError('model.shape_mismatch', message, { file });
  }
  return parsed.data.models.mnad;
}

/** Reads a file of the model and checks it against the manifest. Throws `model.missing` or `model.hash_mismatch`. */
export function readVerified(modelsDir: string, expected: z.infer<typeof fileSchema>): Buffer {
  const file = path.join(modelsDir, expected.file);
  const content = readModelFile(file);
  const sha256 = createHash('sha256').update(content).digest('hex');
  if (sha256 !== expected.sha256) {
    const message = `${file} is damaged: its sha256 is ${sha256}, the manifest says ${expected.sha256}; restore the file`;
    throw new AppError('model.hash_mismatch', message, { file });
  }
  return content;
}

function readModelFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new AppError(
      'model.missing',
      `${file} cannot be read; restore it or set models_dir`,
      { file },
      error,
    );
  }
}

function parseJson(content: Buffer, file: string): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch (error) {
    throw new AppError('model.shape_mismatch', `${file} is not JSON`, { file }, error);
  }
}
