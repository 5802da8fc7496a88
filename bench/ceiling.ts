/**
 * How many cameras this machine carries: `npm run bench`. Real streams in real time through the whole product, more of
 * them until a service level breaks. Writes bench/out/ceiling.json and ceiling.html; `--plan` tells the product, too.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { packagePath } from '../src/paths.js';
import { planFile, thisMachine, type Plan } from '../src/plan.js';
import { openSources } from './ceiling/cameras.js';
import { readOptions } from './ceiling/options.js';
import { progressOn } from './ceiling/progress.js';
import { ceilingReport } from './ceiling/report.js';
import { ceilingText, resultOf, type CeilingResult } from './ceiling/result.js';
import { findOut } from './ceiling/run.js';
import { sourceClips } from './ceiling/source.js';
import { stageRows, stepRows, targetRows } from './ceiling/tables.js';
import { printTable } from './table.js';

/** Of the 90 s of `--quick`, what came before this process and the end of the last step left out. */
const QUICK_MS = { search: 55_000, all: 75_000 };

const options = readOptions();
const { profile, codec, source, vadFps, vadModel, tiles, vlmLoad, quick } = options;
const progress = progressOn(process.stderr);
const enough = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    enough.abort();
  });
}
if (quick) {
  const leftMs = Math.max(0, QUICK_MS.all - performance.now());
  setTimeout(() => {
    enough.abort();
  }, leftMs).unref();
}

progress.show(`drawing the streams (${profile.name}, ${codec}), which are kept`, 0);
const clips = await sourceClips(profile, codec);
const sources = await openSources(clips, source, options.max);
const load = {
  sources,
  mediaDir: clips.folder,
  vadFps,
  vadModel,
  tiles,
  vlm: vlmLoad,
  warmupS: options.warmupS,
  stepS: options.stepS,
};
const { ceiling, steps, cutShort } = await findOut({
  load,
  max: options.max,
  twice: !quick,
  progress,
  signal: enough.signal,
  isEnough: () => quick && performance.now() > QUICK_MS.search,
}).finally(() => sources.close());
progress.end();
if (steps.length === 0) {
  progress.say('ended before anything was measured');
  process.exitCode = 1;
} else {
  const conditions = {
    profile: profile.name,
    codec,
    source,
    vad_fps: vadFps,
    vad_model: vadModel,
    tiles,
    vlm_load: vlmLoad,
  };
  const measuredAt = Math.floor(Date.now() / 1_000);
  const result = resultOf(ceiling, steps, {
    conditions,
    quick,
    cutShort,
    measuredAt,
    machine: thisMachine(),
  });
  store(result);
  print(result);
  if (options.plan) storePlan(result);
}

function store(result: CeilingResult): void {
  const out = packagePath('bench/out');
  mkdirSync(out, { recursive: true });
  writeFileSync(path.join(out, 'ceiling.json'), `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(path.join(out, 'ceiling.html'), ceilingReport(result));
}

function print(result: CeilingResult): void {
  printTable(stepRows(result.steps));
  printTable(stageRows(result.steps));
  printTable(targetRows(result.targets));
  const lines = [
    ...(result.targets_differ.length > 0
      ? [`The targets are set for something else: ${result.targets_differ.join(', ')}.`]
      : []),
    ...(result.steps.some(({ vlm }) => vlm?.answered === 0)
      ? ['The VLM was not asked in some step, so --vlm-load says nothing there: a higher --step-s helps.']
      : []),
    ...(result.steps.some(({ stages }) => stages === null)
      ? ['This system does not tell the CPU time of threads, so there is none of stages; Linux does.']
      : []),
    `${ceilingText(result)} cameras of ${result.profile} fit${result.cut_short ? '; the search was cut short' : ''}. ` +
      `In the way of more: ${result.bottleneck}. It helps: ${result.lift}.`,
    'bench/out/ceiling.json, bench/out/ceiling.html',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Only a number that broke a level tells how many are too many. */
function storePlan({ cameras, cameras_broke, measured_at, machine }: CeilingResult): void {
  if (cameras_broke === null) {
    process.stdout.write(
      'No plan is stored: no number of cameras was found that is too many. It helps: a higher --max, no --quick.\n',
    );
    process.exitCode = 1;
    return;
  }
  const plan: Plan = {
    profile: profile.name,
    codec,
    cameras,
    vad_fps: vadFps,
    vad_model: vadModel,
    measured_at,
    machine,
  };
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(planFile(options.dataDir), `${JSON.stringify(plan, null, 2)}\n`);
  process.stdout.write(`${planFile(options.dataDir)}: read by the product at its start\n`);
}
