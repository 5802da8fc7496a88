import { spawn } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ClipTruth } from '../../src/demo/truth.js';
import { evalReportSchema, type EvalReport } from '../../src/eval/report.js';
import { packagePath } from '../../src/paths.js';
import { temporaryDir } from '../support/product.js';

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** `nunchi eval` as a user runs it. */
function runEval(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [packagePath('dist/main.js'), 'eval', ...args]);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  return new Promise((resolve) => {
    child.once('close', (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}

function truthOf(camera: string): ClipTruth {
  return JSON.parse(readFileSync(packagePath(`src/demo/clips/${camera}.truth.json`), 'utf8')) as ClipTruth;
}

/** A data set of one demo camera's clip, once in each of the splits. */
function demoDataset(camera: string, splits: readonly ('train' | 'test')[]): string {
  const folder = temporaryDir('eval');
  copyFileSync(packagePath(`src/demo/clips/${camera}.mp4`), path.join(folder, `${camera}.mp4`));
  const { fps, frames, labels } = truthOf(camera);
  const listed = splits.map((split) => ({
    id: `${camera}_${split}`,
    split,
    file: `${camera}.mp4`,
    frames,
    labels,
  }));
  writeFileSync(
    path.join(folder, 'labels.json'),
    JSON.stringify({ dataset: `demo <${camera}>`, fps, clips: listed }),
  );
  return folder;
}

const reportIn = ({ stdout }: Ended): EvalReport => evalReportSchema.parse(JSON.parse(stdout));

/** Figures that nothing reaches. */
const perfect: EvalReport = {
  dataset: 'demo <yard>',
  model: 'mulde',
  online: { micro_auc: 1, macro_auc: 1 },
  literature: { micro_auc: 1, macro_auc: 1 },
  events: { recall: 1, precision: 1, delay_s: { median: 0, p95: 0 }, false_alarms_per_hour: 0 },
  cost: { cpu_ms_per_frame: 0 },
  clips: [],
};

const folder = temporaryDir('eval-output');
const html = path.join(folder, 'pages', 'report.html');
const gate = demoDataset('gate', ['train', 'test']);
const yard = demoDataset('yard', ['test']);

/** The gate's clip after itself as normal footage. */
let calibrated: Ended;
/** The yard's clip, for which the camera was not prepared, against figures that nothing reaches. */
let worse: Ended;
/** The same again, against its own figures. */
let same: Ended;

async function runYardTwice(): Promise<void> {
  const file = (name: string): string => path.join(folder, name);
  writeFileSync(file('perfect.json'), JSON.stringify(perfect));
  worse = await runEval('--dataset', yard, '--json', '--baseline', file('perfect.json'));
  writeFileSync(file('own.json'), worse.stdout);
  same = await runEval('--dataset', yard, '--baseline', file('own.json'), '--html', html);
}

beforeAll(async () => {
  [calibrated] = await Promise.all([runEval('--dataset', gate, '--json'), runYardTwice()]);
});

describe('eval --json', () => {
  it('prints the object of the contract and nothing else', () => {
    expect(calibrated.code).toBe(0);
    const printed = JSON.parse(calibrated.stdout) as Record<string, unknown>;
    const contract = ['dataset', 'model', 'online', 'literature', 'events', 'cost', 'clips'];
    expect(Object.keys(printed)).toEqual(contract);
    expect(evalReportSchema.parse(printed)).toEqual(printed);
  });

  it('tells of progress on stderr, in plain lines', () => {
    expect(calibrated.stderr).toBe('clip 1 of 2: gate_train\nclip 2 of 2: gate_test\n');
  });

  it('judges every frame of a test clip after train clips, and finds the runner soon', () => {
    const { clips, events, online } = reportIn(calibrated);
    expect(clips).toHaveLength(1);
    expect(clips[0]).toMatchObject({ id: 'gate_test', frames: 900 });
    expect(online.micro_auc).toBe(clips[0]?.auc);
    expect(online.micro_auc).toBeGreaterThan(0.55);
    expect(events.recall).toBeGreaterThanOrEqual(0.3);
    expect(events.precision).toBe(1);
    expect(events.delay_s.median).toBeLessThan(4);
    expect(events.false_alarms_per_hour).toBe(0);
  });

  it('leaves the warm-up out without train clips', () => {
    const [clip] = reportIn(worse).clips;
    // A warm-up of 20 s of ordinary footage, of a clip at 10 FPS.
    expect(clip?.frames).toBe(truthOf('yard').frames - 212);
    expect(clip?.events).toBeGreaterThan(0);
  });
});

describe('eval --baseline', () => {
  it('exits 0 when no figure fell, and shows the table', () => {
    expect(same.code).toBe(0);
    expect(same.stdout).toMatch(/^demo <yard>: mulde at threshold 0\.5, no train clips, 1 test clip$/m);
    expect(same.stdout).toMatch(/^21\.2 s of the test clips are in no figure/m);
    expect(same.stdout).toMatch(/^online micro AUC +(\d\.\d{4}) +\1 +\+0\.0000$/m);
    expect(same.stdout).not.toContain('WORSE');
  });

  it('exits 1 when one fell and names it, leaving stdout to the JSON', () => {
    expect(worse.code).toBe(1);
    expect(worse.stderr).toMatch(/^event recall .*WORSE, allowed is 0\.02$/m);
    expect(reportIn(worse)).toMatchObject({ dataset: 'demo <yard>' });
  });

  it('writes a page that needs nothing else, with a plot and a picture of each miss and false alarm', () => {
    const page = readFileSync(html, 'utf8');
    const [clip] = reportIn(worse).clips;
    const shown = (clip?.misses ?? 0) + (clip?.false_alarms ?? 0);
    expect(shown).toBeGreaterThan(0);
    expect(page.match(/<img src="data:image\/jpeg;base64,[A-Za-z0-9+/=]+"/g)).toHaveLength(shown);
    expect(page.match(/<svg /g)).toHaveLength(1);
    expect(page).toContain('demo &#60;yard&#62;');
    expect(page).not.toMatch(/https?:|<script|<link/);
  });
});

describe('eval refuses', () => {
  it.each([
    ['a folder without labels', ['--dataset', '/nowhere'], /^nunchi: \/nowhere\/labels\.json: .*--dataset/],
    ['a baseline that is not there', ['--dataset', yard, '--baseline', '/nowhere'], /^nunchi: --baseline/],
    ['a threshold that is none', ['--dataset', yard, '--threshold', '2'], /^nunchi: --threshold/],
  ])('%s', async (_case, args, message) => {
    const { code, stdout, stderr } = await runEval(...args);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
  });
});
