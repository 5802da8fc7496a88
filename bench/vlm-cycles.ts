/** Whether loading and unloading the shipped VLM leaks: 200 cycles, one answer each: `npm run bench:vlm-cycles`. */
import { openLlamaVlm } from '../src/workers/language/llama-vlm.js';
import { shippedVlm, vlmRequest } from '../test/support/shipped-vlm.js';
import { printTable, quietNativeOutput } from './table.js';

const CYCLES = 200;
const EVERY = 20;
/** Caches of the allocator fill first. */
const SETTLED = 40;
/** KiB a cycle: 200 cycles then add less than what the model itself takes. */
const TARGET_KIB = 50;
const BYTES_PER_KIB = 1_024;

/** Slope of the least-squares line through the values. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const covariance = values.reduce((sum, value, i) => sum + (i - middle) * (value - mean), 0);
  const variance = values.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
  return covariance / variance;
}

const descriptor = quietNativeOutput();
const signal = new AbortController().signal;
const residentKib: number[] = [];
for (let cycle = 1; cycle <= CYCLES; cycle += 1) {
  const vlm = await openLlamaVlm(shippedVlm(), { device: 'cpu', threads: 1 }, signal);
  await vlm.ask(vlmRequest('cycle'), signal);
  await vlm.release();
  globalThis.gc?.();
  residentKib.push(process.memoryUsage.rss() / BYTES_PER_KIB);
}
printTable(
  residentKib.flatMap((kib, i) =>
    (i + 1) % EVERY === 0 ? [{ cycles: i + 1, 'RSS MiB': (kib / BYTES_PER_KIB).toFixed(1) }] : [],
  ),
  descriptor,
);
const growth = slope(residentKib.slice(SETTLED));
printTable(
  [
    {
      name: `growth after ${SETTLED} cycles, KiB a cycle`,
      ours: growth.toFixed(1),
      target: TARGET_KIB,
      holds: growth <= TARGET_KIB,
    },
  ],
  descriptor,
);
if (growth > TARGET_KIB) process.exitCode = 1;
