import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../src/paths.js';
import { eventually, Product, temporaryDir } from '../support/product.js';
import { parseMetrics, type Scrape } from '../support/prometheus-text.js';

/** A ladder of thresholds on one clip: on some of them an episode comes and goes within seconds. */
const thresholds = { c0: 0.01, c1: 0.02, c2: 0.03, c3: 0.05, c4: 0.1 };

function touchyConfig(dir: string): string {
  const url = packagePath('src/demo/clips/lane.mp4');
  const cameras = Object.entries(thresholds).map(([id, threshold]) => [id, { url, vad: { threshold } }]);
  const config = {
    media_dir: packagePath('src/demo/clips'),
    defaults: { vad: { warmup_s: 1 } },
    alerts: { digest_s: 1 },
    cameras: Object.fromEntries(cameras) as unknown,
  };
  const file = path.join(dir, 'config.yaml');
  writeFileSync(file, JSON.stringify(config));
  return file;
}

async function scrape(product: Product): Promise<Scrape> {
  const reply = await fetch(`${product.url}/metrics`);
  expect(reply.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return parseMetrics(await reply.text());
}

describe('/metrics', () => {
  it('is well-formed, moves with the product, and its counters never fall', async () => {
    const dir = temporaryDir('metrics');
    const product = await Product.start([
      '--config',
      touchyConfig(dir),
      '--data-dir',
      path.join(dir, 'data'),
    ]);
    const before = await scrape(product);
    const after = await eventually(
      async () => {
        const now = await scrape(product);
        return now.sum('nunchi_events_total') > 0 ? now : undefined;
      },
      'an event that ended',
      40_000,
      500,
    );
    for (const [series, value] of before.monotonic()) {
      expect(after.value(series), series).toBeGreaterThanOrEqual(value);
    }
    for (const { name, type } of after.families.filter((family) => family.name.startsWith('nunchi_'))) {
      if (type === 'counter') expect(name).toMatch(/_total$/);
      if (type === 'histogram') expect(name).toMatch(/_seconds$/);
      expect(name).not.toMatch(/_(ms|us|min|kb|mb|percent|latency|time)(_|$)/);
    }
    for (const name of ['nunchi_camera_fps', 'nunchi_camera_up', 'nunchi_camera_skipped_frames_total']) {
      expect(after.labelValues(name, 'camera')).toEqual(Object.keys(thresholds));
    }
    for (const name of [
      'nunchi_camera_frames_total',
      'nunchi_camera_scored_frames_total',
      'nunchi_inference_duration_seconds_count',
      'nunchi_queue_wait_seconds_count',
      'nunchi_e2e_duration_seconds_count',
      'nunchi_store_flush_seconds_count',
      'nunchi_alerts_total',
    ]) {
      expect(after.sum(name), name).toBeGreaterThan(before.sum(name));
    }
    const scored = after.sum('nunchi_camera_scored_frames_total');
    expect(after.sum('nunchi_queue_wait_seconds_count')).toBe(scored);
    expect(after.sum('nunchi_e2e_duration_seconds_count')).toBe(scored);
    expect(after.sum('nunchi_e2e_duration_seconds_sum') / scored).toBeLessThan(5);
    expect(after.sum('nunchi_ready')).toBe(1);
    expect(await product.stop()).toEqual({ code: 0, signal: null });
  }, 80_000);
});
