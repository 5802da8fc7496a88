import { readFileSync } from 'node:fs';
import { packagePath } from '../../src/paths.js';
import type { Clip } from '../../src/protocol/camera.js';
import type { VlmRequest, VlmSource } from '../../src/protocol/vlm.js';
import { MONTAGE_SIDE } from '../../src/verification/montage.js';
import { promptText } from '../../src/verification/prompt.js';
import { vlmAnswerJsonSchema } from '../../src/verification/verdict.js';

interface FileEntry {
  file: string;
  sha256: string;
}

/** The VLM that ships with the product, as its manifest names it. */
export function shippedVlm(): Extract<VlmSource, { type: 'files' }> {
  const manifest = JSON.parse(readFileSync(packagePath('models/manifest.json'), 'utf8')) as {
    models: { vlm: { text: FileEntry; projector: FileEntry; context: number } };
  };
  const { text, projector, context } = manifest.models.vlm;
  const at = ({ file, sha256 }: FileEntry) => ({ path: packagePath(`models/${file}`), sha256 });
  return { type: 'files', name: 'drawn', text: at(text), projector: at(projector), contextTokens: context };
}

/** A montage of one colour, another for each shade in [0, 255]: a model keeps what it made of a picture it knows. */
export function plainMontage(shade = 90): Clip {
  const header = Buffer.from(`P6\n${MONTAGE_SIDE} ${MONTAGE_SIDE}\n255\n`);
  const file = new Uint8Array(header.length + MONTAGE_SIDE ** 2 * 3).fill(shade);
  file.set(header);
  return { pictures: [file.buffer], mime: 'image/x-portable-pixmap', secondsBefore: [0] };
}

/** The question that the product asks the shipped VLM. */
export function vlmRequest(id: string, changes: Partial<VlmRequest> = {}): VlmRequest {
  const prompt = promptText('drawn-2', { camera: 'gate', secondsBefore: [] });
  const clip = plainMontage();
  return { id, clip, prompt, schema: vlmAnswerJsonSchema, maxTokens: 256, deadlineMs: 20_000, ...changes };
}
