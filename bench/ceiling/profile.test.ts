import { describe, expect, it } from 'vitest';
import { profileOf } from './profile.js';

describe('a profile', () => {
  it.each([
    ['720p25', 1280, 720, 25],
    ['360p10', 640, 360, 10],
    ['1080p15', 1920, 1080, 15],
    ['480p10', 854, 480, 10],
    ['640x480p15', 640, 480, 15],
  ])('%s is %i x %i at %i', (name, width, height, fps) => {
    expect(profileOf(name)).toEqual({ name, width, height, fps });
  });

  it.each([
    '',
    '720',
    '720p',
    'p25',
    '720p0',
    '720p61',
    '721p25',
    '641x360p10',
    '9000p25',
    '80p10',
    '720i50',
  ])('%s is none', (text) => {
    expect(profileOf(text)).toBeNull();
  });
});
