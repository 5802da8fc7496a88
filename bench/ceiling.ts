/**
 * How many cameras this machine carries: `npm run bench`. Real streams in real time through the whole product, more of
 * them until a service level breaks; then the parts against baselines. Writes bench/out/ceiling.json, ceiling.html and
 * ratios.json; `--plan` tells the product, too.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { packagePath } from '../src/paths.js';
import { planFile, thisMachine } from '../src/plan.js';
import { buildProduct } from './build.js';
import { periodS } from './ceiling/alarms.js';
import { openSources } from './ceiling/cameras.js';
import { readOptions } from './ceiling/options.js';
import { planOf, whyNoPlan } from './ceiling/plan.js';
import { printResult } from './ceiling/print.js';
import { progressOn } from './ceiling/progress.js';
import { measureRatios } from './ceiling/ratios.js';
import { ceilingReport } from './ceiling/report.js';
import { resultOf, type CeilingResult } from './ceiling/result.js';
import { findOut } from './ceiling/run.js';
import { sourceClips } from './ceiling/source.js';

/** When no other number of cameras is begun, when that of the last ends, and when all does, since the start of `--quick`. */
const QUICK_MS = { search: 38_000, cameras: 55_000, all: 85_000 };

const options = readOptions(process.argv.slice(2));
const { profile, codec, source, vadFps, vadModel, tiles, vlmLoad, quick } = options;
const progress = progressOn(process.stderr);
const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    ended.abort();
  });
}

const preparing = until(QUICK_MS.cameras);
const drawing = `compiling, and drawing streams of ${profile.name}, which are kept`;
const clips = await Promise.all([
  sourceClips(
    {
      profile,
      codec,
      // The first alarms load the VLM; a step holds some of the others.
      alarms:
        vlmLoad === null
          ? null
          : { aMinute: vlmLoad, seconds: options.warmupS + options.stepS + 2 * periodS(vlmLoad) },
    },
    {
      onShare: (share) => {
        progress.show(drawing, share);
      },
      signal: preparing,
    },
  ),
  buildProduct(preparing),
]).then(([drawn]) => drawn, leaveIfEnded);
const sources = await openSources(clips, source, options.max);
const load = {
  sources,
  mediaDir: clips.folder,
  vadFps,
  vadModel,
  decode: { backend: options.decode, hardware: options.hardware, ffmpeg: options.ffmpeg },
  tiles,
  vlmLoad,
  warmupS: options.warmupS,
  stepS: options.stepS,
};
const { ceiling, steps, cutShort } = await findOut({
  load,
  max: options.max,
  factor: quick ? 4 : 2,
  twice: !quick,
  progress,
  signal: until(QUICK_MS.cameras),
  isEnough: () => quick && performance.now() > QUICK_MS.search,
}).finally(() => sources.close());
if (steps.length === 0) leave();
const ratios = options.ratios
  ? await measureRatios({
      quick,
      signal: until(QUICK_MS.all),
      onLine: (line) => {
        progress.show(`against baselines: ${line}`, 0);
      },
    })
  : [];
progress.end();
const result = resultOf(ceiling, steps, {
  conditions: {
    profile: profile.name,
    codec,
    source,
    vad_fps: vadFps,
    vad_model: vadModel,
    tiles,
    vlm_load: vlmLoad,
  },
  streamKbitS: clips.kbitPerS,
  quick,
  cutShort,
  measuredAt: Math.floor(Date.now() / 1_000),
  machine: thisMachine(options.decode),
  ratios,
});
store(result);
printResult(result);
if (options.plan) storePlan(result);

function leave(): never {
  progress.end();
  progress.say(`ended before anything was measured${ended.signal.aborted ? '' : ': leave --quick out once'}`);
  process.exit(1);
}

function leaveIfEnded(error: unknown): never {
  if (preparing.aborted) leave();
  throw error;
}

/** Aborts when the run is ended, and with `--quick` so long after its start. */
function until(ms: number): AbortSignal {
  if (!quick) return ended.signal;
  return AbortSignal.any([
    ended.signal,
    AbortSignal.timeout(Math.max(0, Math.round(ms - performance.now()))),
  ]);
}

function store(result: CeilingResult): void {
  const out = packagePath('bench/out');
  mkdirSync(out, { recursive: true });
  writeFileSync(path.join(out, 'ceiling.json'), `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(path.join(out, 'ceiling.html'), ceilingReport(result));
}

function storePlan(result: CeilingResult): void {
  const why = whyNoPlan(result);
  if (why !== null) {
    process.stdout.write(`No plan is stored: ${why}.\n`);
    process.exitCode = 1;
    return;
  }
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(planFile(options.dataDir), `${JSON.stringify(planOf(result), null, 2)}\n`);
  process.stdout.write(`${planFile(options.dataDir)}: read by the product at its start\n`);
}
