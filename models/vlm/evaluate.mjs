/**
 * How well the exported pair answers on drawn candidates of unseen seeds, as many of each label:
 *
 *     node models/vlm/evaluate.mjs --candidates DIR [--models DIR] [--per-label N] [--out FILE]
 *
 * Prints which labels it gave for which. FILE gets the figures, and with --answers FILE every answer, for parity.py.
 */
import { openModel, say } from './answering.mjs';
import { closeSync, openSync, readdirSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseVlmAnswer } from '../../dist/verification/verdict.js';

const BYTES = 192 * 192 * 3;

const { values } = parseArgs({
  options: {
    candidates: { type: 'string' },
    models: { type: 'string', default: fileURLToPath(new URL('..', import.meta.url)) },
    'per-label': { type: 'string', default: '110' },
    out: { type: 'string' },
    answers: { type: 'string' },
  },
});

/** So many samples of each label, spread evenly over the scenes. */
function chosenSamples(folder, perLabel) {
  const all = readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .flatMap((name) => {
      const file = path.join(folder, name.replace('.jsonl', '.u8'));
      const lines = readFileSync(path.join(folder, name), 'utf8').trimEnd().split('\n');
      return lines.map((line, row) => ({ ...JSON.parse(line), file, row }));
    });
  return [...new Set(all.map(({ label }) => label))].flatMap((wantedLabel) => {
    const samples = all.filter(({ label }) => label === wantedLabel);
    const step = Math.max(1, samples.length / perLabel);
    const count = Math.min(perLabel, samples.length);
    return Array.from({ length: count }, (_, index) => samples[Math.floor(index * step)]);
  });
}

function pixelsOf({ file, row }) {
  const pixels = Buffer.alloc(BYTES);
  const fd = openSync(file, 'r');
  readSync(fd, pixels, 0, BYTES, row * BYTES);
  closeSync(fd);
  return pixels;
}

function parsed(answer) {
  try {
    return parseVlmAnswer(answer);
  } catch {
    return undefined;
  }
}

const share = (results, holds) =>
  Math.round((1000 * results.filter((result) => holds(result)).length) / results.length) / 1000;
const quantile = (sorted, at) => Math.round(sorted[Math.floor(sorted.length * at)]);

const samples = chosenSamples(values.candidates, Number(values['per-label']));
const model = await openModel(values.models);
const results = [];
for (const sample of samples) {
  const { answer, ms } = await model.ask(pixelsOf(sample));
  results.push({
    file: path.basename(sample.file),
    row: sample.row,
    answer,
    ms,
    given: parsed(answer),
    sample,
  });
}
await model.release();

const wanted = ({ sample }) => JSON.parse(sample.answer);
const labels = [...new Set(samples.map(({ label }) => label))].sort();
say(['wanted', ...labels, 'other'].join('\t'));
const recall = {};
for (const label of labels) {
  const own = results.filter(({ sample }) => sample.label === label);
  const counts = labels.map((given) => own.filter((result) => result.given?.label === given).length);
  say([label, ...counts, own.length - counts.reduce((sum, count) => sum + count)].join('\t'));
  recall[label] = share(own, ({ given }) => given?.label === label);
}
const moving = results.filter(({ sample }) => ['running', 'vehicle', 'wrong_way'].includes(sample.label));
const times = results.map(({ ms }) => ms).sort((a, b) => a - b);
const figures = {
  samples: results.length,
  valid_json: share(results, ({ given }) => given !== undefined),
  label: share(results, ({ given, sample }) => given?.label === sample.label),
  severity: share(results, (result) => result.given?.severity === wanted(result).severity),
  description_when_moving: share(
    moving,
    (result) => result.given?.description === wanted(result).description,
  ),
  whole_answer: share(results, ({ answer, sample }) => sameJson(answer, sample.answer)),
  label_by_kind: recall,
  ms_one_thread: { p50: quantile(times, 0.5), p95: quantile(times, 0.95) },
};
say(JSON.stringify(figures, null, 2));
if (values.out !== undefined) writeFileSync(values.out, JSON.stringify(figures));
if (values.answers !== undefined) {
  const kept = results.map(({ file, row, answer }) => ({ file, row, answer }));
  writeFileSync(values.answers, JSON.stringify(kept));
}

/** The grammar leaves white space free. */
function sameJson(a, b) {
  try {
    return JSON.stringify(JSON.parse(a)) === JSON.stringify(JSON.parse(b));
  } catch {
    return false;
  }
}
