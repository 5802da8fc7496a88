/**
 * Sixteen cameras of 60 frames a second, scored by the costliest model at the highest rate: `npm run bench:fairness`.
 * More is asked than one thread can do; whether each camera gets its share, and whether what is left out is counted.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { buildProduct } from './build.js';
import { openSources } from './ceiling/cameras.js';
import { samplesOf, sumOf } from './ceiling/metrics-text.js';
import { startProduct } from './ceiling/product.js';
import { profileOf } from './ceiling/profile.js';
import { sourceClips } from './ceiling/source.js';
import { printTable } from './table.js';

const CAMERAS = 16;
const VAD_FPS = 10;
/** Short of the 20 s of overload after which the quieter half of the cameras is scored less often by design. */
const SECONDS = 10;
const JAIN_TARGET = 0.95;

const profile = profileOf('360p60');
if (profile === null) throw new Error('there is no such profile');
const ended = new AbortController();
process.once('SIGINT', () => {
  ended.abort();
});
const { signal } = ended;
await buildProduct(signal);
const clips = await sourceClips({ profile, codec: 'h264', alarms: null });
const sources = await openSources(clips, 'file', CAMERAS);
const cameras = sources.urls(CAMERAS).map((url, i) => [`cam${i}`, { url }] as const);
const product = await startProduct(
  {
    media_dir: clips.folder,
    http: { port: 0, rate_limit_per_s: 10_000 },
    defaults: { vad: { fps: VAD_FPS, model: 'fused' } },
    vlm: { enabled: false },
    cameras: Object.fromEntries(cameras),
  },
  signal,
);
try {
  const metrics = async () => (await fetch(`${product.url}/metrics`)).text();
  const scored = (text: string) => samplesOf('nunchi_camera_scored_frames_total', text);
  let from = await metrics();
  while (scored(from).filter((frames) => frames > 0).length < CAMERAS) {
    await sleep(100, undefined, { signal });
    from = await metrics();
  }
  await sleep(SECONDS * 1_000, undefined, { signal });
  const to = await metrics();
  const stats = (await (await fetch(`${product.url}/api/stats`)).json()) as {
    rss_mb: number;
    overload: { state: string };
  };
  const before = scored(from);
  const shares = scored(to).map((frames, i) => frames - (before[i] ?? 0));
  const total = shares.reduce((sum, share) => sum + share, 0);
  const jain = total ** 2 / shares.reduce((sum, share) => sum + share ** 2, 0) / shares.length;
  const skipped = 'nunchi_camera_skipped_frames_total';
  printTable([
    {
      'frames wanted': CAMERAS * VAD_FPS * SECONDS,
      scored: total,
      'left out, counted': sumOf(skipped, to) - sumOf(skipped, from),
      'least of a camera': Math.min(...shares),
      'most of a camera': Math.max(...shares),
      'Jain index': jain.toFixed(4),
      target: `at least ${JAIN_TARGET}`,
      holds: jain >= JAIN_TARGET,
      'RSS MB': stats.rss_mb,
      overload: stats.overload.state,
    },
  ]);
  if (jain < JAIN_TARGET) process.exitCode = 1;
} finally {
  await product.stop();
  await sources.close();
}
