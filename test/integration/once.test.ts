import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { makeClip } from '../support/make-clip.js';
import { playOnce } from '../support/play-once.js';
import { Product, temporaryDir } from '../support/product.js';

/** So touchy that any moving picture is an event after two seconds. */
const touchy = { NUNCHI_DEFAULTS_VAD_THRESHOLD: '0.001', NUNCHI_DEFAULTS_VAD_WARMUP_S: '2' };

it('--once plays a clip to its end, exits 0, and leaves its events in the DuckDB file', async () => {
  const file = path.join(temporaryDir('clip'), 'clip.mp4');
  makeClip(file, { seconds: 8, fps: 10 });
  const { code, events } = await playOnce(file, touchy);
  expect(code).toBe(0);
  expect(events).toBeGreaterThan(0);
});

it('--once with a file that cannot be played says why and exits 1, instead of trying for ever', async () => {
  const file = path.join(temporaryDir('broken'), 'broken.mp4');
  writeFileSync(file, 'this is no film');
  const product = await Product.start([
    '--camera',
    `a=${file}`,
    '--once',
    '--data-dir',
    temporaryDir('once'),
  ]);
  expect(await product.exited).toEqual({ code: 1, signal: null });
  expect(product.log).toContain('camera.open_failed');
});
