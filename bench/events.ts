/**
 * A million stored events, a hundred more a second: `npm run bench:events`. Each query through the writer thread as the
 * API asks it, one client that asks without a pause; acknowledgement times first without and then with a second client
 * that asks for nothing but heavy queries.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Writer } from '../src/actors/events/writer.js';
import { systemClock } from '../src/clock.js';
import { quantileOf } from '../src/quantile.js';
import { seededRandom } from '../src/random.js';
import type { EventFilters, EventQuery } from '../src/store-api.js';
import { encodeCursor } from '../src/workers/store/event-query.js';
import { checkpoint, fillStore, FIRST_TIME, randomEvent, words } from './event-store.js';
import { printTable } from './table.js';

const COUNT = Number(process.env['NUNCHI_BENCH_EVENTS'] ?? 1_000_000);
const ROUNDS = Number(process.env['NUNCHI_BENCH_ROUNDS'] ?? 60);
const EVENTS_PER_S = 100;
const ACKNOWLEDGEMENT_S = 20;
const LIST_TARGET_MS = 50;
const TEXT_TARGET_MS = 150;
const LAST_TIME = FIRST_TIME + 30 * 86_400;

const dataDir = mkdtempSync(join(tmpdir(), 'nunchi-bench-'));
process.on('exit', () => {
  rmSync(dataDir, { recursive: true, force: true });
});

const filledMs = await timed(() => fillStore(dataDir, COUNT));
await checkpoint(dataDir);
const writer = new Writer({
  dataDir,
  batchSize: 10,
  batchMs: 1000,
  retentionDays: 36_500,
  clock: systemClock,
  random: Math.random,
  onFailure(error) {
    throw error;
  },
});
const openingMs = performance.now();
const child = await writer.start();
const openedMs = performance.now() - openingMs;

/** Milliseconds from append to acknowledgement, since they were last taken out. */
let acknowledged: number[] = [];
const random = seededRandom(2);
let written = 0;
const writing = setInterval(() => {
  const startedMs = performance.now();
  const event = randomEvent(COUNT + written, LAST_TIME + written / EVENTS_PER_S, random);
  written += 1;
  void writer.append(event).then(() => acknowledged.push(performance.now() - startedMs));
}, 1000 / EVENTS_PER_S);

const rows: Record<string, string | number | boolean>[] = [];
const missed: string[] = [];

async function measure(name: string, targetMs: number | null, ask: (round: number) => Promise<unknown>) {
  await ask(0);
  const times: number[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) times.push(await timed(() => ask(round)));
  const p95 = quantileOf(times, 0.95);
  const holds = targetMs === null || p95 < targetMs;
  if (!holds) missed.push(name);
  rows.push({
    query: name,
    'p50 ms': quantileOf(times, 0.5).toFixed(1),
    'p95 ms': p95.toFixed(1),
    'target ms': targetMs ?? '–',
    holds: targetMs === null ? '–' : holds,
  });
}

const list = (name: string, query: Partial<EventQuery>) =>
  measure(name, LIST_TARGET_MS, () => writer.query({ limit: 50, ...query }));
const middle = (FIRST_TIME + LAST_TIME) / 2;

await list('newest page', {});
await list('newest page of 500', { limit: 500 });
await list('one camera', { camera: ['cam3'] });
await list('a camera that has none', { camera: ['none'] });
await list('label', { label: ['fall', 'fire'] });
await list('severity', { severity: ['critical'] });
await list('verdict', { verdict: ['confirmed'] });
await list('state, new', { state: ['new'] });
await list('score from 0.9999', { minScore: 0.9999 });
await list('after and before, an hour in the middle', { after: middle, before: middle + 3600 });
await list('kept', { kept: true });
await list('with a clip', { hasClip: true });
await list('feedback', { feedback: ['false_alarm'] });
await list('zone', { zone: ['door'] });
await list('camera, label, severity and verdict', {
  camera: ['cam3'],
  label: ['fire'],
  severity: ['critical'],
  verdict: ['rejected'],
});
await measure('pages from deep cursors', LIST_TARGET_MS, (round) => {
  const start_time = FIRST_TIME + ((LAST_TIME - FIRST_TIME) * round) / (ROUNDS + 1);
  const id = '00000000-0000-7000-8000-000000000000';
  return writer.query({ limit: 50, cursor: encodeCursor({ start_time, id }) });
});

const text = (name: string, q: (round: number) => string) =>
  measure(name, TEXT_TARGET_MS, (round) => writer.query({ limit: 50, q: q(round) }));
const word = (at: number): string => words[at % words.length] ?? '';
await text('text, a common word', (round) => word(round));
await text('text, a seldom word', (round) => word(3000 + round));
await text('text, two seldom words', (round) => `${word(2000 + round)} ${word(3000 + round)}`);
await text('text, a phrase', (round) => `"${word(round)} ${word(round + 1)}"`);
await text('text, a word that does not occur', (round) => `qx${round}`);

const summary = (name: string, filters: EventFilters, ...by: Parameters<Writer['summary']>[0]['by']) =>
  measure(name, null, () => writer.summary({ ...filters, by, timeZone: 'Europe/Berlin' }));
await summary('summary by camera', {}, 'camera');
await summary('summary by day', {}, 'day');
await summary('summary by hour and label', {}, 'hour', 'label');
await summary('summary by severity, one camera', { camera: ['cam3'] }, 'severity');
printTable(rows);

const exported: Record<string, string | number>[] = [];
for (const format of ['csv', 'parquet'] as const) {
  let bytes = 0;
  const ms = await timed(async () => {
    const { file, bytes: size } = await writer.exportEvents({}, format);
    bytes = size;
    rmSync(file);
  });
  const rate = Math.round((COUNT + written) / ms);
  exported.push({
    export: format,
    s: (ms / 1000).toFixed(1),
    MiB: Math.round(bytes / 2 ** 20),
    'events a ms': rate,
  });
}
printTable(exported);

async function acknowledgements(): Promise<{ p50: number; p99: number }> {
  acknowledged = [];
  await sleep(ACKNOWLEDGEMENT_S * 1000);
  return { p50: quantileOf(acknowledged, 0.5), p99: quantileOf(acknowledged, 0.99) };
}

const alone = await acknowledgements();
const asking = new AbortController();
const heavyClient = (async () => {
  for (let round = 0; !asking.signal.aborted; round += 1) await writer.query({ limit: 50, q: `qx${round}` });
})();
const beside = await acknowledgements();
asking.abort();
await heavyClient;
printTable([
  { writing: 'alone', 'acknowledged p50 ms': alone.p50.toFixed(2), 'p99 ms': alone.p99.toFixed(2) },
  {
    writing: 'beside heavy queries',
    'acknowledged p50 ms': beside.p50.toFixed(2),
    'p99 ms': beside.p99.toFixed(2),
  },
]);
const { flushes, flushMs, projected } = await writer.stats();
printTable([
  {
    events: COUNT,
    'filled in s': Math.round(filledMs / 1000),
    'file MiB': Math.round(statSync(join(dataDir, 'nunchi.duckdb')).size / 2 ** 20),
    'opened in ms': Math.round(openedMs),
    'written meanwhile': projected,
    flushes,
    'ms a flush': (flushMs / flushes).toFixed(1),
    'RSS MiB': Math.round(process.memoryUsage.rss() / 2 ** 20),
  },
]);

clearInterval(writing);
// What is still on its way is stored before it.
await writer.append(randomEvent(COUNT + written, LAST_TIME, random));
await child.stop(15_000);
if (missed.length > 0 || beside.p99 > 2 * alone.p99) process.exitCode = 1;

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await run();
  return performance.now() - startedMs;
}
