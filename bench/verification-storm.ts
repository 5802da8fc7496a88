/**
 * A VLM that takes 5 s for each verdict, and twelve cameras that alarm every 15 s: `npm run bench:storm`. What it does
 * to the VAD, and what becomes of alerts and verdicts. Measured on the product in a process of its own.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import type { Alert, AnomalyEvent } from '../src/event.js';
import { packagePath } from '../src/paths.js';
import { quantileOf } from '../src/quantile.js';
import { Product, temporaryDir } from '../test/support/product.js';
import { writeAlarmClip } from './alarm-clip.js';
import { SlowVlm } from './slow-vlm.js';
import { printTable } from './table.js';

const CAMERAS = 12;
const PERIOD_S = 15;
const ANSWER_MS = 5_000;
const CLIP_S = 120;
const DEADLINE_S = 10;
/** Stream time passes from an episode's first score to its event, and the answer has to get here. */
const SLACK_S = 1;
/** The clip's first half minute is ordinary, and the product remembers as many delays. */
const QUIET_S = 30;
const WINDOW_S = 29;

/** Milliseconds from capture to score. */
interface Delays {
  p50: number;
  p99: number;
}

interface Stats {
  vad: { score_delay_ms: Delays };
  verification: { waiting: number; highWater: number; unverified: Record<string, number> };
}

interface Run {
  name: string;
  stats: Stats;
  delays: Delays;
  explained: string;
  events: AnomalyEvent[];
  /** Seconds from each event's start to its alert. */
  alertDelaysS: number[];
}

async function run(name: string, clip: string, vlm: object): Promise<Run> {
  const dir = temporaryDir('storm');
  const cameras = Array.from({ length: CAMERAS }, (_, i) => ['--camera', `cam${i + 1}=${clip}`]).flat();
  const config = path.join(dir, 'nunchi.yaml');
  writeFileSync(
    config,
    stringify({
      vlm: { ...vlm, verify_deadline_s: DEADLINE_S },
      // Every event is worth an alert at once, and none is held back as the like of the last.
      agent: { rules: [{ name: 'everything counts', min_severity: 'high' }] },
      alerts: { dedup_s: 1 },
    }),
  );
  const product = await Product.start(['--config', config, '--data-dir', path.join(dir, 'data'), ...cameras]);
  const alertDelaysS: number[] = [];
  const socket = await product.socket({ type: 'subscribe', topics: ['alerts'] });
  socket.on('message', (data: Buffer) => {
    const { alert } = JSON.parse(data.toString()) as { alert?: Alert };
    if (alert?.kind !== 'immediate') return;
    for (const event of alert.events) alertDelaysS.push(Date.now() / 1_000 - event.start_time);
  });
  const delays = await delaysDuring(product);
  const stats = await product.get<Stats>('/api/stats');
  const events = await product.events();
  const explained = unverifiedWithReason(events);
  await product.stop();
  return { name, stats, delays, events, explained, alertDelaysS };
}

/** The median of windows of half a minute: another program that takes the cores for a moment tells nothing. */
async function delaysDuring(product: Product): Promise<Delays> {
  const windows: Delays[] = [];
  await seconds(QUIET_S);
  for (let passed = QUIET_S + WINDOW_S; passed < CLIP_S; passed += WINDOW_S) {
    await seconds(WINDOW_S);
    windows.push((await product.get<Stats>('/api/stats')).vad.score_delay_ms);
  }
  const medianOf = (key: keyof Delays): number =>
    quantileOf(
      windows.map((window) => window[key]),
      0.5,
    );
  return { p50: medianOf('p50'), p99: medianOf('p99') };
}

function seconds(count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, count * 1_000));
}

const clip = path.join(temporaryDir('storm-clip'), 'alarm.mp4');
writeAlarmClip(clip, { seconds: CLIP_S, periodS: PERIOD_S });
const idle = await run('no VLM', clip, { enabled: false });
const server = await SlowVlm.start(ANSWER_MS);
const storm = await run(`VLM of ${ANSWER_MS / 1_000} s`, clip, {
  endpoint: { url: server.url, model: 'slow' },
});
server.stop();

const rows = [idle, storm].map(({ name, stats, delays, events, explained, alertDelaysS }) => ({
  run: name,
  'VAD p50 ms': delays.p50.toFixed(1),
  'VAD p99 ms': delays.p99.toFixed(1),
  events: events.length,
  verified: events.filter(({ verdict }) => verdict === 'confirmed').length,
  'unverified with a reason': explained,
  'queue at most': stats.verification.highWater,
  alerts: alertDelaysS.length,
  'latest alert s': alertDelaysS.length === 0 ? '-' : Math.max(...alertDelaysS).toFixed(1),
}));
printTable(rows);

const ratio = storm.delays.p99 / idle.delays.p99;
const figures = [
  { name: 'VAD p99, storm against idle', ours: ratio, target: 2, holds: ratio <= 2 },
  {
    name: 'latest alert after its event began, s',
    ours: Math.max(...storm.alertDelaysS),
    target: DEADLINE_S + SLACK_S,
    holds: storm.alertDelaysS.length > 0 && Math.max(...storm.alertDelaysS) <= DEADLINE_S + SLACK_S,
  },
];
printTable(figures.map(({ ours, ...figure }) => ({ ...figure, ours: ours.toFixed(2) })));
mkdirSync(packagePath('bench/out'), { recursive: true });
writeFileSync(packagePath('bench/out/verification-storm.json'), `${JSON.stringify({ rows, figures })}\n`);
if (!figures.every(({ holds }) => holds)) process.exitCode = 1;

/** Of those whose deadline has passed: the others may still be verified. */
function unverifiedWithReason(events: readonly AnomalyEvent[]): string {
  const dueBefore = Date.now() / 1_000 - DEADLINE_S - SLACK_S;
  const unverified = events.filter(
    ({ verdict, start_time }) => verdict === 'unverified' && start_time < dueBefore,
  );
  const explained = unverified.filter(({ data }) => data['unverified_because'] !== undefined);
  return `${explained.length} of ${unverified.length}`;
}
