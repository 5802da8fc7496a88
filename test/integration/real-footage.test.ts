import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { packagePath } from '../../src/paths.js';
import { playOnce } from '../support/play-once.js';

const footage = packagePath('../shared/data/clips/one-by-one-person-detection.mp4');
const wanted = process.env['NUNCHI_REAL_FOOTAGE'] === '1' && existsSync(footage);

it.skipIf(!wanted)(
  'finds events in real footage (needs NUNCHI_REAL_FOOTAGE=1 and the clip beside the checkout)',
  async () => {
    const { code, events } = await playOnce(footage);
    expect(code).toBe(0);
    expect(events).toBeGreaterThan(0);
  },
  200_000,
);
