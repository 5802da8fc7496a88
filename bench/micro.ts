/**
 * What the product's parts cost, each against a baseline in the same run: `npm run bench:micro`. Ratios of CPU time where
 * that can be, so that what else the machine does cancels out. Writes bench/out/ratios.json.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { packagePath } from '../src/paths.js';
import { api } from './micro/api.js';
import { decode } from './micro/decode.js';
import { fanout } from './micro/fanout.js';
import { kernel } from './micro/kernel.js';
import { ratioOf, type Effort, type Ratio } from './micro/measure.js';
import { store } from './micro/store.js';
import { transfer } from './micro/transfer.js';
import { vad } from './micro/vad.js';
import { printTable } from './table.js';

/** Those with targets first: what is cut short has them. */
const benchmarks = [decode, vad, store, fanout, api, transfer, kernel];
const FULL: Effort = { rounds: 9, size: 1 };
const QUICK: Effort = { rounds: 3, size: 0.25 };

const { quick, only } = new Command('npm run bench:micro --')
  .description('Measures the parts of the product against baselines.')
  .option('--quick', 'ends within 30 s')
  .option('--only <names...>', `some of ${benchmarks.map(({ name }) => name).join(', ')}`)
  .parse()
  .opts<{ quick?: boolean; only?: string[] }>();

const out = packagePath('bench/out');
mkdirSync(out, { recursive: true });
const ratios: Ratio[] = [];
for (const { name, missing, measure } of benchmarks) {
  if (only !== undefined && !only.includes(name)) continue;
  const reason = await missing();
  if (reason !== null) {
    process.stderr.write(`${name}: left out, ${reason}\n`);
    continue;
  }
  process.stderr.write(`${name} …\n`);
  const comparisons = await measure(quick === true ? QUICK : FULL);
  ratios.push(...comparisons.map(ratioOf));
  writeFileSync(path.join(out, 'ratios.json'), `${JSON.stringify(ratios, null, 2)}\n`);
}
printTable(
  ratios.map(({ name, ours, baseline, ratio, target, holds }) => ({
    name,
    ours: ours.toPrecision(3),
    baseline: baseline.toPrecision(3),
    ratio: ratio.toFixed(2),
    target: target ?? '–',
    holds: holds ?? '–',
  })),
);
process.stdout.write('bench/out/ratios.json\n');
