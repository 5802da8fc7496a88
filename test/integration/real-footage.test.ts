import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { packagePath } from '../../src/paths.js';
import { playOnce } from '../support/play-once.js';

const footage = packagePath('../shared/data/clips/one-by-one-person-detection.mp4');
const wanted = process.env['NUNCHI_REAL_FOOTAGE'] === '1' && existsSync(footage);

/** People who walk past are nothing unusual; a threshold far below that of the budget makes events of them. */
const touchy = { NUNCHI_DEFAULTS_VAD_THRESHOLD: '0.02' };

it.skipIf(!wanted)(
  'makes events of real footage, and exits 0 (needs NUNCHI_REAL_FOOTAGE=1 and the clip beside the checkout)',
  async () => {
    const { code, events } = await playOnce(footage, touchy);
    expect(code).toBe(0);
    expect(events).toBeGreaterThan(0);
  },
  200_000,
);
