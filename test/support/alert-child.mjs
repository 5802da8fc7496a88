/**
 * A process with a writer thread and alerts over one webhook, to be killed in mid-send.
 *
 *   node alert-child.mjs DATA_DIR URL SECRET EVENTS
 *
 * Takes up what the last process left, considers EVENTS critical events, each of a camera of its own, writes a line
 * once all are decided on, and goes on until it is killed.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { Alerts } from '../../dist/actors/alerts/alerts.js';
import { Writer } from '../../dist/actors/events/writer.js';
import { alertsSchema } from '../../dist/alerting/alerts-config.js';
import { openChannel } from '../../dist/channels/open-channel.js';
import { systemClock as clock } from '../../dist/clock.js';

const [dataDir, url, secret, events] = process.argv.slice(2);
const random = Math.random;
const ignore = () => undefined;
const store = { batchSize: 10, batchMs: 1000, retentionDays: 30 };
const writer = new Writer({ dataDir, ...store, clock, random, onFailure: ignore });
await writer.start();

const alerts = new Alerts({
  config: alertsSchema.parse({
    allow_targets: ['127.0.0.1'],
    channels: { hook: { type: 'webhook', url, secret } },
  }),
  clock,
  random,
  load: () => writer.alertBook(),
  commit: (change) => writer.commitAlerts(change),
  list: (query) => writer.alerts(query),
  get: (id) => writer.alert(id),
  open: (_name, config, allowTargets) => openChannel(config, { allowTargets, clock, random }),
  snapshot: () => Promise.resolve(null),
  nameOf: (camera) => camera,
  deliver: ignore,
  onSaveFailure: ignore,
  onDecision: ignore,
  onAttempt: ignore,
  onGivenUp: ignore,
});
await alerts.start();

for (let i = 0; i < Number(events); i += 1) {
  await alerts.consider({
    id: uuidv7(),
    camera: `camera-${i}`,
    label: 'anomaly',
    severity: 'critical',
    state: 'new',
    start_time: clock.wallTime(),
    end_time: null,
    top_score: 0.9,
    threshold: 0.5,
    verdict: 'unverified',
    summary: '',
    reasoning: '',
    actions: [],
    has_snapshot: false,
    has_clip: false,
    kept: false,
    models: [],
    data: {},
  });
}
const isDecided = async () =>
  (await writer.alerts({ scope: null, limit: 50 })).alerts.length >= Number(events);
while (!(await isDecided())) await wait(10);
process.stdout.write('decided\n');
setInterval(ignore, 60_000);
