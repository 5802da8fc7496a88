/**
 * Five hundred events a second for ten minutes, reported over HTTP to the whole product: `npm run bench:sustained`.
 * How long each took to be durable, and how soon after the last DuckDB had all of them. NUNCHI_BENCH_SECONDS shortens it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { quantileOf } from '../src/quantile.js';
import { progressOn } from './ceiling/progress.js';
import { startDrawnProduct } from './drawn-product.js';
import { printTable } from './table.js';

const EVENTS_PER_S = 500;
const SECONDS = Number(process.env['NUNCHI_BENCH_SECONDS'] ?? 600);
const BACKLOG_TARGET_S = 5;
const ACKNOWLEDGED_TARGET_MS = 150;
const TICK_MS = 10;
const S_PER_HOUR = 3_600;
const CONNECTIONS = 32;
/** The last so many are remembered, to tell how long they took. */
const REMEMBERED = 500_000;

interface Stats {
  rss_mb: number;
  store: { lastSeq?: number; projectedSeq?: number };
}

const progress = progressOn(process.stderr);
const product = await startDrawnProduct('360p10', ['gate'], {
  http: { port: 0, rate_limit_per_s: 100_000 },
  vlm: { enabled: false },
});
const { signal } = product;
const agent = new Agent({ connections: CONNECTIONS, pipelining: 1 });
const times: number[] = [];
let [sent, acknowledged, refused, waitingAtMost] = [0, 0, 0, 0];

try {
  const rssBefore = (await stats()).rss_mb;
  const startedMs = performance.now();
  const elapsedS = () => (performance.now() - startedMs) / 1_000;
  const total = EVENTS_PER_S * SECONDS;
  while (sent < total) {
    const due = Math.min(total, elapsedS() * EVENTS_PER_S);
    for (; sent < due; sent += 1) void report();
    waitingAtMost = Math.max(waitingAtMost, sent - acknowledged - refused);
    progress.show(`${sent} of ${total} events`, sent / total);
    await sleep(TICK_MS, undefined, { signal });
  }
  const lastSentMs = performance.now();
  let now = await stats();
  while (acknowledged + refused < total || now.store.projectedSeq !== now.store.lastSeq) {
    await sleep(TICK_MS, undefined, { signal });
    now = await stats();
  }
  const backlogS = (performance.now() - lastSentMs) / 1_000;
  progress.end();
  const p99 = quantileOf(times, 0.99);
  const holds = backlogS <= BACKLOG_TARGET_S && p99 <= ACKNOWLEDGED_TARGET_MS && refused === 0;
  printTable([
    {
      events: total,
      'events a s': Math.round(total / SECONDS),
      refused,
      'durable p50 ms': quantileOf(times, 0.5).toFixed(1),
      'p99 ms': p99.toFixed(1),
      'under way at most': waitingAtMost,
      'backlog empty after s': backlogS.toFixed(2),
      target: `at most ${BACKLOG_TARGET_S} s, p99 ${ACKNOWLEDGED_TARGET_MS} ms`,
      holds,
      'RSS MB': `${rssBefore.toFixed(0)} to ${now.rss_mb.toFixed(0)}`,
    },
  ]);
  if (!holds) process.exitCode = 1;
} finally {
  await agent.close();
  await product.stop();
}

/** One event of an hour ago, which has no picture, answered once it is durable. */
async function report(): Promise<void> {
  const sentMs = performance.now();
  const reply = await request(`${product.url}/api/events`, {
    dispatcher: agent,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      camera: 'gate',
      label: 'vehicle',
      severity: 'low',
      start_time: Date.now() / 1_000 - S_PER_HOUR,
      summary: 'A lorry that waits.',
    }),
  });
  await reply.body.dump();
  if (reply.statusCode >= 300) {
    refused += 1;
    return;
  }
  acknowledged += 1;
  times[acknowledged % REMEMBERED] = performance.now() - sentMs;
}

async function stats(): Promise<Stats> {
  return (await (await fetch(`${product.url}/api/stats`)).json()) as Stats;
}
