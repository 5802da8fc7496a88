/**
 * More than this machine can do: `npm run bench:overload`. Thirty-two cameras of 60 frames a second, scored by the costliest
 * model at the highest rate: whether each gets its share, what the product leaves undone, in which order, and, once all
 * cameras but one are paused, whether it does everything again. It takes five minutes, most of them calm.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { overloadStates } from '../src/overload-states.js';
import { samplesOf, sumOf } from './ceiling/metrics-text.js';
import { watchTiles } from './ceiling/tiles.js';
import { startDrawnProduct } from './drawn-product.js';
import { printTable } from './table.js';

/** As many as the product takes: with half of them one thread of a fast machine keeps up. */
const CAMERAS = 32;
const VAD_FPS = 10;
/** Short of the 20 s of overload after which the quieter half of the cameras is scored less often by design. */
const FAIR_S = 10;
const JAIN_TARGET = 0.95;
const LOOK_MS = 500;
/** In which every state must have come, and in which all of them must have gone again. */
const DEADLINE_MS = { up: 120_000, down: 600_000 };

const ids = Array.from({ length: CAMERAS }, (_, i) => `cam${i}`);
const product = await startDrawnProduct('360p60', ids, {
  http: { port: 0, rate_limit_per_s: 10_000 },
  defaults: { vad: { fps: VAD_FPS, model: 'fused' } },
  vlm: { enabled: false },
});
const { signal } = product;
try {
  const tiles = await watchTiles(product.url, 1);
  const isFair = await shareOut();
  const states = await follow(overloadStates.slice(1), DEADLINE_MS.up, tiles);
  await Promise.all(ids.slice(1).map(pause));
  states.push(...(await follow(overloadStates.toReversed().slice(1), DEADLINE_MS.down, tiles)));
  tiles.close();
  printTable(states);
  if (!isFair || !states.every(({ came }) => came)) process.exitCode = 1;
} finally {
  await product.stop();
}

/** Whether each camera got as much as the others. */
async function shareOut(): Promise<boolean> {
  let from = await metrics();
  while (scored(from).filter((frames) => frames > 0).length < CAMERAS) {
    await sleep(LOOK_MS, undefined, { signal });
    from = await metrics();
  }
  await sleep(FAIR_S * 1_000, undefined, { signal });
  const to = await metrics();
  const before = scored(from);
  const shares = scored(to).map((frames, i) => frames - (before[i] ?? 0));
  const total = shares.reduce((sum, share) => sum + share, 0);
  const jain = total ** 2 / shares.reduce((sum, share) => sum + share ** 2, 0) / shares.length;
  const skipped = 'nunchi_camera_skipped_frames_total';
  printTable([
    {
      'frames wanted': CAMERAS * VAD_FPS * FAIR_S,
      scored: total,
      'left out, counted': sumOf(skipped, to) - sumOf(skipped, from),
      'least of a camera': Math.min(...shares),
      'most of a camera': Math.max(...shares),
      'Jain index': jain.toFixed(4),
      target: `at least ${JAIN_TARGET}`,
      holds: jain >= JAIN_TARGET,
      'RSS MB': (await stats()).rss_mb.toFixed(0),
    },
  ]);
  return jain >= JAIN_TARGET;
}

/** Waits for the states, one after the other; what is passed before it is looked for has come, too. */
async function follow(
  wanted: readonly string[],
  deadlineMs: number,
  tiles: Awaited<ReturnType<typeof watchTiles>>,
): Promise<
  { state: string; came: boolean; 'after s': string; because: string; 'live FPS before': string }[]
> {
  const startedMs = performance.now();
  const rows = [];
  for (const state of wanted) {
    let now = await stats();
    tiles.reset();
    while (now.overload.state !== state && performance.now() - startedMs < deadlineMs) {
      await sleep(LOOK_MS, undefined, { signal });
      now = await stats();
    }
    rows.push({
      state,
      came: now.overload.state === state,
      'after s': ((performance.now() - startedMs) / 1_000).toFixed(0),
      because: now.overload.because.join(', '),
      'live FPS before': tiles.fpsMin()?.toFixed(2) ?? '–',
    });
  }
  return rows;
}

interface Stats {
  rss_mb: number;
  overload: { state: string; because: string[] };
}

async function stats(): Promise<Stats> {
  return (await (await fetch(`${product.url}/api/stats`)).json()) as Stats;
}

async function metrics(): Promise<string> {
  return (await fetch(`${product.url}/metrics`)).text();
}

function scored(text: string): number[] {
  return samplesOf('nunchi_camera_scored_frames_total', text);
}

async function pause(id: string): Promise<void> {
  const { status } = await fetch(`${product.url}/api/cameras/${id}/pause`, { method: 'POST' });
  if (status !== 200) throw new Error(`camera ${id} could not be paused: ${status}`);
}
