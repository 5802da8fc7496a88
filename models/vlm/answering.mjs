/**
 * Asks the exported pair as the product asks it, through llama.cpp.
 *
 * Import this module first: from then on nothing but `say` reaches stdout, since the native library writes its log there.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { promptText } from '../../dist/verification/prompt.js';
import { vlmAnswerJsonSchema } from '../../dist/verification/verdict.js';

const stdout = openSync('/proc/self/fd/1', 'a');
for (const fd of [1, 2]) {
  closeSync(fd);
  openSync('/dev/null', 'w');
}

export function say(text) {
  writeSync(stdout, `${text}\n`);
}

process.on('uncaughtException', (error) => {
  say(error.stack);
  process.exitCode = 1;
});

/** `folder` holds vlm-text.gguf and vlm-projector.gguf. */
export async function openModel(folder) {
  const { loadModel } = await import('@fugood/llama.node');
  const context = await loadModel({
    model: path.join(folder, 'vlm-text.gguf'),
    n_ctx: 512,
    n_threads: 1,
    n_gpu_layers: 0,
  });
  context.initMultimodal({ path: path.join(folder, 'vlm-projector.gguf'), use_gpu: false });
  const text = promptText('drawn-2', { camera: 'any', secondsBefore: [] });
  return {
    /** The answer's text and how long it took in milliseconds; `pixels` are uint8 [192, 192, 3] RGB. */
    async ask(pixels) {
      const picture = Buffer.concat([Buffer.from('P6\n192 192\n255\n'), pixels]).toString('base64');
      const url = `data:image/x-portable-pixmap;base64,${picture}`;
      const content = [
        { type: 'image_url', image_url: { url } },
        { type: 'text', text },
      ];
      const { prompt, media_paths } = context.getFormattedChat([{ role: 'user', content }]);
      const start = performance.now();
      const { text: answer } = await context.completion({
        prompt,
        media_paths,
        response_format: { type: 'json_schema', json_schema: { schema: vlmAnswerJsonSchema } },
        n_predict: 256,
        temperature: 0,
        xtc_probability: 0,
      });
      return { answer, ms: performance.now() - start };
    },
    release: () => context.release(),
  };
}
