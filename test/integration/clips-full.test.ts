import { truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { packagePath } from '../../src/paths.js';
import { BYTES_PER_MIB } from '../../src/units.js';
import { answered, apiClient } from '../support/api-client.js';
import { eventually, Product, temporaryDir } from '../support/product.js';
import { parseMetrics } from '../support/prometheus-text.js';

const token = 'the-operator-of-the-full-disk-0123456789';

it('kept clips that take all the space are a warning and no failure, until somebody lets go of one', async () => {
  const dir = temporaryDir('full');
  const dataDir = path.join(dir, 'data');
  const file = path.join(dir, 'config.yaml');
  const media = packagePath('src/demo/clips');
  const config = {
    media_dir: media,
    http: { tokens: [token] },
    cameras: { yard: { url: path.join(media, 'yard.mp4') } },
    clips: { pre_s: 1, post_s: 1, max_mb: 1 },
    vlm: { enabled: false },
    agent: { enabled: false },
  };
  writeFileSync(file, JSON.stringify(config));
  const start = () => Product.start(['--config', file, '--data-dir', dataDir]);
  const headers = { authorization: `Bearer ${token}` };

  let product = await start();
  let api = apiClient(product.url, token);
  const report = () => answered(api.POST('/api/events', { body: { camera: 'yard', label: 'fall' } }));
  const warnings = async () => (await answered(api.GET('/api/stats'))).warnings;
  const readiness = async (init = {}) => {
    const reply = await fetch(`${product.url}/readyz`, init);
    return [reply.status, await reply.json()];
  };

  const isStreaming = async () =>
    (await answered(api.GET('/api/cameras'))).cameras[0]?.state === 'streaming' || undefined;
  await eventually(isStreaming, 'a stream', 15_000);
  const { id } = await report();
  const params = { path: { id } };
  const hasClip = async () => (await answered(api.GET('/api/events/{id}', { params }))).has_clip || undefined;
  await eventually(hasClip, 'the clip', 20_000);
  await answered(api.POST('/api/events/{id}/keep', { params }));
  expect(await warnings()).toEqual([]);
  await product.stop();

  truncateSync(path.join(dataDir, 'clips', `${id}.mp4`), 2 * BYTES_PER_MIB);
  product = await start();
  api = apiClient(product.url, token);
  const warned = async () => ((await warnings()).length > 0 ? warnings() : undefined);
  const reasons = await eventually(warned, 'the warning', 10_000);
  expect(reasons).toEqual([expect.stringMatching(/raise clips\.max_mb/)]);
  await eventually(async () => (await readiness())[0] === 200 || undefined, 'readiness', 20_000);
  expect(await readiness({ headers })).toEqual([200, { status: 'ready', reasons }]);
  expect(await readiness()).toEqual([200, { status: 'ready' }]);
  const metrics = parseMetrics(await (await fetch(`${product.url}/metrics`, { headers })).text());
  expect(metrics.value('nunchi_ready')).toBe(1);

  await answered(api.DELETE('/api/events/{id}/keep', { params }));
  // The next event has no clip yet, but has the folder looked at.
  await report();
  await eventually(async () => (await warnings()).length === 0 || undefined, 'no warning', 10_000);
  await product.stop();
}, 90_000);
