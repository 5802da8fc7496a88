/**
 * What the product adds to an answer of the shipped VLM: `npm run bench:vlm`. The service of the GPU worker, from a
 * question with its pictures to the checked verdict, against the bare binding with the same prompt, in one run.
 */
import { Bench } from 'tinybench';
import { systemClock } from '../src/clock.js';
import { parseVlmAnswer } from '../src/verification/verdict.js';
import { loadLlama } from '../src/workers/language/llama-model.js';
import { openLlamaVlm } from '../src/workers/language/llama-vlm.js';
import { VlmService } from '../src/workers/language/vlm-service.js';
import { plainMontage, shippedVlm, vlmRequest } from '../test/support/shipped-vlm.js';
import { printTable, quietNativeOutput } from './table.js';

const ROUNDS = 60;
const TARGET = 1.05;

const descriptor = quietNativeOutput();
const source = shippedVlm();
const service = new VlmService({
  clock: systemClock,
  onHang(error) {
    throw error;
  },
  open: (_source, signal) => openLlamaVlm(source, { device: 'cpu', threads: 1 }, signal),
});
await service.load(source);
const bare = await loadLlama({
  name: 'bare',
  text: source.text.path,
  projector: source.projector.path,
  variant: 'default',
  accelerated: false,
  contextTokens: source.contextTokens,
  threads: 1,
});
const { prompt: question, schema, maxTokens } = vlmRequest('bare');
const content = [
  { type: 'image_url', image_url: { url: '' } } as const,
  { type: 'text', text: question } as const,
];
const { prompt } = bare.getFormattedChat([{ role: 'user', content }]);

/** Another picture each time: what a model made of a picture it remembers. */
let shade = 0;
const nextShade = (): number => (shade = (shade + 1) % 250);
/** Made beforehand: a camera makes its pictures in its own thread. */
const clips = Array.from({ length: 250 }, (_, i) => plainMontage(i));
const urls = clips.map(
  ({ pictures: [picture], mime }) =>
    `data:${mime};base64,${Buffer.from(picture ?? new ArrayBuffer()).toString('base64')}`,
);

const bench = new Bench({ iterations: ROUNDS, time: 0, warmupIterations: 5, warmupTime: 0 });
bench.add('bare binding', async () => {
  await bare.ctx.completion({
    prompt,
    media_paths: [urls[nextShade()] ?? ''],
    response_format: { type: 'json_schema', json_schema: { schema } },
    n_predict: maxTokens,
    temperature: 0,
    xtc_probability: 0,
  });
});
bench.add('product', async () => {
  const clip = clips[nextShade()] ?? plainMontage();
  const outcome = await service.ask(vlmRequest('product', { clip }));
  if ('error' in outcome) throw new Error(outcome.error.message);
  parseVlmAnswer(outcome.reply.text);
});
await bench.run();
await service.stop();
await bare.release();

const medianOf = (name: string): number => {
  const result = bench.getTask(name)?.result;
  if (result === undefined || !('latency' in result)) throw new Error(`${name} did not run`);
  return result.latency.p50;
};
const ratio = medianOf('product') / medianOf('bare binding');
printTable(
  ['bare binding', 'product'].map((name) => ({ name, 'median ms': medianOf(name).toFixed(1) })),
  descriptor,
);
printTable(
  [{ name: 'product against bare binding', ratio: ratio.toFixed(3), target: TARGET, holds: ratio <= TARGET }],
  descriptor,
);
if (ratio > TARGET) process.exitCode = 1;
