import { parseArgs } from 'node:util';
import { AV_LOG_ERROR } from 'node-av/constants';
import { Log } from 'node-av/lib';
import { drawDataset, drawnDatasetDefaults } from './drawn-dataset.js';

/**
 * Draws a data set for `nunchi eval`: `npm run demo:dataset -- OUT [--cameras N] [--minutes M] [--seed S]`, where M is
 * the length of each camera's train clip.
 */

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { cameras: { type: 'string' }, minutes: { type: 'string' }, seed: { type: 'string' } },
});

/** The value of an option: a whole number from 1 on. */
function count(name: keyof typeof values, fallback: number): number {
  const text = values[name];
  if (text === undefined) return fallback;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`--${name} ${text}: give a whole number from 1 on`);
  return Number(text);
}

const [folder, ...others] = positionals;
if (folder === undefined || others.length > 0) throw new Error('name one folder to write to');
// The encoder would report its settings for every clip.
Log.setLevel(AV_LOG_ERROR);
await drawDataset(
  folder,
  {
    ...drawnDatasetDefaults,
    cameras: count('cameras', drawnDatasetDefaults.cameras),
    trainS: 60 * count('minutes', drawnDatasetDefaults.trainS / 60),
    seed: count('seed', drawnDatasetDefaults.seed),
  },
  (file) => process.stdout.write(`${file}\n`),
);
