import { expect, it } from 'vitest';
import { packagePath } from '../../src/paths.js';
import { playOnce } from '../support/play-once.js';

it('--once plays a clip to its end, exits 0, and leaves its events in the DuckDB file', async () => {
  const { code, events } = await playOnce(packagePath('src/demo/clips/plaza.mp4'));
  expect(code).toBe(0);
  expect(events).toBeGreaterThan(0);
}, 150_000);
