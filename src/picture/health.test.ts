import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PictureHealth } from '../protocol/camera.js';
import { US_PER_S } from '../units.js';
import { HealthState, judge } from './health.js';
import type { ReferenceMatch } from './reference.js';

const sound = { contrast: 1, pattern: 0.99, sharpness: 1, textureLost: 0, inPlace: 0.9 };

function look(
  edges: Partial<typeof sound>,
  brightness: Partial<Pick<ReferenceMatch, 'brightness' | 'usualBrightness'>> = {},
): ReferenceMatch {
  return { brightness: 150, usualBrightness: 150, edges: { ...sound, ...edges }, ...brightness };
}

describe('judge', () => {
  it.each<[PictureHealth, string, ReferenceMatch]>([
    ['good', 'the usual view', look({})],
    ['good', 'fog, which takes contrast and sharpness alike', look({ contrast: 0.4, sharpness: 0.4 })],
    ['good', 'a bus over three quarters of the edges', look({ textureLost: 0.75, pattern: 0.3 })],
    ['good', 'a dim picture where dim is usual', look({}, { brightness: 40, usualBrightness: 50 })],
    ['good', 'a wall without edges', { brightness: 90, usualBrightness: 90, edges: null }],
    ['covered', 'neither edges nor pattern', look({ textureLost: 0.9, pattern: 0.1, inPlace: 0 })],
    ['covered', 'a remnant of contrast', look({ textureLost: 0.9, contrast: 0.1, inPlace: 0 })],
    ['blurred', 'no edges, the pattern kept', look({ textureLost: 0.9, sharpness: 0.2 })],
    ['blurred', 'weak edges at full contrast', look({ sharpness: 0.4 })],
    ['moved', 'strong edges elsewhere', look({ inPlace: 0.1 })],
    ['dark', 'far less light than usual', look({}, { brightness: 40 })],
    ['dark', 'black, whatever is usual', look({}, { brightness: 5, usualBrightness: 6 })],
    ['dark', 'black and without edges', look({ textureLost: 1, pattern: 0 }, { brightness: 5 })],
  ])('says %s of %s', (health, _, match) => {
    expect(judge(match, false)).toBe(health);
  });

  it('says frozen of what stands still, unless there is nothing to see in it', () => {
    expect(judge(look({}), true)).toBe('frozen');
    expect(judge(look({ inPlace: 0 }), true)).toBe('frozen');
    expect(judge(look({ textureLost: 1, pattern: 0 }), true)).toBe('covered');
    expect(judge(look({}, { brightness: 5 }), true)).toBe('dark');
  });
});

describe('HealthState', () => {
  const states = fc.constantFrom<PictureHealth>('good', 'blurred', 'dark', 'moved', 'covered');

  it('follows only what has been said for its whole delay, at least 3 s', () => {
    fc.assert(
      fc.property(fc.array(states, { maxLength: 60 }), (looks) => {
        const health = new HealthState();
        looks.forEach((seen, second) => {
          const before = health.current;
          health.observe(seen, second * US_PER_S);
          if (health.current === before) return;
          expect(looks.slice(second - 3, second + 1)).toEqual([seen, seen, seen, seen]);
          expect(health.lastedUs(second * US_PER_S)).toBe(0);
        });
      }),
    );
  });

  it('follows in the end, whatever was said before', () => {
    fc.assert(
      fc.property(fc.array(states, { maxLength: 20 }), states, (looks, last) => {
        const health = new HealthState();
        const all = [...looks, ...Array.from({ length: 17 }, () => last)];
        all.forEach((seen, second) => {
          health.observe(seen, second * US_PER_S);
        });
        expect(health.current).toBe(last);
        expect(health.suspected).toBe(last);
      }),
    );
  });
});
