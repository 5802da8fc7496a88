/**
 * How many cameras this machine carries: `npm run bench`. Real streams in real time through the whole product, more of
 * them until a service level breaks. Writes bench/out/ceiling.json and ceiling.html; `--plan` tells the product, too.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { packagePath } from '../src/paths.js';
import { planFile, thisMachine, type Plan } from '../src/plan.js';
import { bottleneckOf, brokenLevels, type Step } from './ceiling/levels.js';
import { measure, type Load } from './ceiling/measured-product.js';
import { ceilingReport } from './ceiling/report.js';
import { findCeiling } from './ceiling/search.js';
import { profiles, sourceClips } from './ceiling/source.js';
import { printTable } from './table.js';

interface Options {
  profile: string;
  vadFps: number;
  tiles: number;
  max: number;
  stepS: number;
  vlmLoad?: boolean;
  quick?: boolean;
  plan?: boolean;
  dataDir: string;
}

/** What `--quick` leaves of the search: few steps, each short. */
const QUICK = { stepS: 4, warmupS: 2, max: 16 };
const WARMUP_S = 5;

const options = new Command('npm run bench --')
  .description('Finds how many cameras fit on this machine.')
  .addOption(
    new Option('--profile <name>', 'what cameras stream')
      .choices(profiles.map(({ name }) => name))
      .default('720p25'),
  )
  .option('--vad-fps <n>', 'frames a second and camera that are scored', positive, 5)
  .option('--tiles <n>', 'cameras that are watched live', positive, 4)
  .option('--max <n>', 'cameras to try at most', positive, 32)
  .option('--step-s <n>', 'seconds to measure each number of cameras', positive, 15)
  .option('--vlm-load', 'keep the VLM busy meanwhile')
  .option('--quick', `ends within 90 s: ${QUICK.max} cameras at most, ${QUICK.stepS} s each`)
  .option('--plan', 'tell the product, which then warns of more cameras than fit')
  .option('--data-dir <dir>', 'of the product, for --plan', './data')
  .parse()
  .opts<Options>();

const enough = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    enough.abort();
  });
}

const profile = profiles.find(({ name }) => name === options.profile) ?? profiles[0];
if (profile === undefined) throw new Error(`there is no profile ${options.profile}`);
const quick = options.quick === true;
const max = quick ? Math.min(options.max, QUICK.max) : options.max;
say(`drawing the streams (${profile.name}); kept in .cache/bench`);
const load: Load = {
  source: await sourceClips(profile),
  vadFps: options.vadFps,
  tiles: options.tiles,
  vlm: options.vlmLoad === true,
  warmupS: quick ? QUICK.warmupS : WARMUP_S,
  stepS: quick ? QUICK.stepS : options.stepS,
};

const steps: Step[] = [];
const ceiling = await findCeiling(max, async (cameras) => {
  say(`${cameras} camera${cameras === 1 ? '' : 's'} …`);
  let step = await tried(cameras);
  // What else this machine does may have come in between: only what breaks twice does not hold.
  if (brokenLevels(step).length > 0 && !quick) step = await tried(cameras);
  steps.push(step);
  return brokenLevels(step).length === 0;
});
steps.sort((a, b) => a.cameras - b.cameras);

const edge = steps.find((step) => brokenLevels(step).length > 0) ?? steps.at(-1);
const atCeiling = steps.find(({ cameras }) => cameras === ceiling) ?? edge;
const { bottleneck, lift } = edge ? bottleneckOf(edge) : { bottleneck: 'unknown', lift: '' };
const result = {
  profile: profile.name,
  cameras: ceiling,
  broke_on: edge === undefined ? [] : brokenLevels(edge),
  bottleneck,
  lift,
  vad_fps: load.vadFps,
  tiles: load.tiles,
  vlm_load: load.vlm,
  quick,
  steps: steps.map(({ stages: _stages, latency: _latency, ...step }) => step),
  stages: atCeiling?.stages ?? [],
  machine: thisMachine(),
};

const out = packagePath('bench/out');
mkdirSync(out, { recursive: true });
writeFileSync(path.join(out, 'ceiling.json'), `${JSON.stringify(result, null, 2)}\n`);
writeFileSync(path.join(out, 'ceiling.html'), ceilingReport(result, steps));
printTable(
  steps.map((step) => ({
    cameras: step.cameras,
    'CPU %': step.cpu_percent.toFixed(0),
    'score p95 ms': step.capture_to_score_ms.p95.toFixed(0),
    'VAD drops %': (step.vad_drop_ratio * 100).toFixed(1),
    'live FPS min': step.live_fps_min?.toFixed(2) ?? '–',
    'loop p99 ms': step.loop_delay_ms_p99.toFixed(1),
    'RSS MB': step.rss_mb.toFixed(0),
    holds: brokenLevels(step).length === 0,
  })),
);
const limit = ceiling === max ? `${ceiling} or more (no more were tried)` : String(ceiling);
process.stdout.write(
  `${limit} cameras of ${profile.name} fit. In the way of more: ${bottleneck}. It helps: ${lift}.\n`,
);
process.stdout.write('bench/out/ceiling.json, bench/out/ceiling.html\n');
if (options.plan === true) {
  const plan: Plan = {
    profile: profile.name,
    cameras: ceiling,
    vad_fps: load.vadFps,
    measured_at: Math.floor(Date.now() / 1_000),
    machine: thisMachine(),
  };
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(planFile(options.dataDir), `${JSON.stringify(plan, null, 2)}\n`);
  process.stdout.write(`${planFile(options.dataDir)}: read by the product at its start\n`);
}

async function tried(cameras: number): Promise<Step> {
  const step = await measure(cameras, load, enough.signal);
  const broken = brokenLevels(step);
  say(
    `${cameras}: ${step.cpu_percent.toFixed(0)}% CPU, score after ${step.capture_to_score_ms.p95.toFixed(0)} ms (p95), ` +
      (broken.length === 0 ? 'holds' : `broken: ${broken.join(', ')}`),
  );
  return step;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('write a number above 0');
  return value;
}
