/**
 * A process with a writer thread, for what only a process can show: being killed, being locked out, ending cleanly.
 *
 *   node store-child.mjs DATA_DIR [COUNT]
 *
 * Appends events one after the other, for ever or COUNT of them. Each gets a first state and, two events later, a
 * second one with summary "2". A line "ID SUMMARY" on stdout says that this state has been acknowledged.
 */
import { writeSync } from 'node:fs';
import { v7 as uuidv7 } from 'uuid';
import { Thread } from '../../dist/actors/kernel/thread.js';
import { systemClock } from '../../dist/clock.js';
import { workerEntry } from '../../dist/paths.js';

const [dataDir, count = 'Infinity'] = process.argv.slice(2);
const writer = new Thread({
  entry: workerEntry('writer'),
  name: 'writer',
  data: { dataDir, batchSize: 10, batchMs: 1000, retentionDays: 30 },
  clock: systemClock,
});

const event = {
  camera: 'gate',
  label: 'anomaly',
  severity: 'low',
  state: 'new',
  end_time: null,
  top_score: 0.9,
  threshold: 0.5,
  verdict: 'unverified',
  reasoning: '',
  actions: [],
  has_snapshot: false,
  has_clip: false,
  models: [],
  data: {},
};

async function append(id, startTime, summary) {
  await writer.call('append', [[{ ...event, id, start_time: startTime, summary }]], 10_000);
  writeSync(1, `${id} ${summary}\n`);
}

try {
  await writer.call('open', [], 10_000);
  const appended = [];
  for (let n = 0; n < Number(count); n++) {
    appended.push({ id: uuidv7(), startTime: Date.now() / 1000 });
    await append(appended[n].id, appended[n].startTime, '1');
    if (n >= 2) await append(appended[n - 2].id, appended[n - 2].startTime, '2');
  }
} catch (error) {
  writeSync(2, JSON.stringify(error.toRecord()));
  process.exitCode = 1;
}
await writer.stop(10_000);
