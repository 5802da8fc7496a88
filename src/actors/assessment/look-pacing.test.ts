import { expect, it } from 'vitest';
import { defaultEpisodeOptions } from '../../scoring/episode.js';
import { US_PER_S } from '../../units.js';
import { LookPacing } from './look-pacing.js';

it('looks at the longest anomaly six times, less and less often', () => {
  const pacing = new LookPacing();
  const onsetUs = 7 * US_PER_S;
  const looks = [0];
  pacing.looked(onsetUs);
  for (let us = 0; us <= defaultEpisodeOptions.maxDurationUs; us += US_PER_S / 5) {
    if (!pacing.isDue(onsetUs + us)) continue;
    looks.push(us / US_PER_S);
    pacing.looked(onsetUs + us);
  }
  expect(looks).toEqual([0, 2, 6, 14, 30, 62]);
});

it('counts from the frame that was looked at, however late it was due', () => {
  const pacing = new LookPacing();
  pacing.looked(0);
  pacing.looked(5 * US_PER_S);
  expect(pacing.isDue(8.9 * US_PER_S)).toBe(false);
  expect(pacing.isDue(9 * US_PER_S)).toBe(true);
});
