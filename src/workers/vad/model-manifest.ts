import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../../errors.js';
import type { VadGraph } from '../../vad-model.js';

const fileSchema = z.object({ file: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) });
const tensorSchema = z.object({
  dtype: z.string(),
  shape: z.array(z.union([z.number().int().positive(), z.string()])),
});

/** What every model says of its graph. */
export const graphSchema = z.object({
  graph: fileSchema,
  inputs: z.record(z.string(), tensorSchema),
  outputs: z.record(z.string(), tensorSchema),
});

export const mnadSchema = graphSchema.extend({
  memory: fileSchema.extend({ shape: z.tuple([z.number().int(), z.number().int()]) }),
  window: z.number().int().positive(),
});

const manifestSchema = z.object({ version: z.literal(1), models: z.record(z.string(), z.unknown()) });

/** A graph's input or output; in its shape a string names a free axis, "B" the batch. */
export type TensorSpec = z.infer<typeof tensorSchema>;
export type GraphSpec = z.infer<typeof graphSchema>;

/**
 * Reads what `manifest.json` of a model folder says of one model, whatever it says of the others. Throws
 * `model.missing` when it is not there and `model.shape_mismatch` when it does not describe the model.
 */
export function readModelSpec<Spec>(modelsDir: string, name: VadGraph, schema: z.ZodType<Spec>): Spec {
  const file = path.join(modelsDir, 'manifest.json');
  const manifest = manifestSchema.safeParse(parseJson(readModelFile(name, file), name, file));
  const spec = manifest.success ? schema.safeParse(manifest.data.models[name]) : manifest;
  if (!spec.success) {
    const message = `${file} does not describe the model ${name}: ${z.prettifyError(spec.error)}`;
    throw new AppError('model.shape_mismatch', message, { model: name, file });
  }
  return spec.data;
}

/** Reads a file of the model and checks it against the manifest. Throws `model.missing` or `model.hash_mismatch`. */
export function readVerified(
  modelsDir: string,
  name: VadGraph,
  expected: z.infer<typeof fileSchema>,
): Buffer {
  const file = path.join(modelsDir, expected.file);
  const content = readModelFile(name, file);
  const sha256 = createHash('sha256').update(content).digest('hex');
  if (sha256 !== expected.sha256) {
    const message = `${file} of the model ${name} is damaged: its sha256 is ${sha256}, the manifest says ${expected.sha256}; restore the file`;
    throw new AppError('model.hash_mismatch', message, { model: name, file });
  }
  return content;
}

function readModelFile(name: VadGraph, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const message = `${file} of the model ${name} cannot be read; restore it or set models_dir`;
    throw new AppError('model.missing', message, { model: name, file }, error);
  }
}

function parseJson(content: Buffer, name: VadGraph, file: string): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch (error) {
    throw new AppError('model.shape_mismatch', `${file} is not JSON`, { model: name, file }, error);
  }
}
