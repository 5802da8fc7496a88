import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WeeklyHours } from '../../schedule.js';
import { isWatched } from './camera-schedule.js';

const timeZone = process.env['TZ'];

beforeAll(() => {
  process.env['TZ'] = 'Europe/Berlin';
});

afterAll(() => {
  if (timeZone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = timeZone;
});

const at = (utc: string): number => Date.parse(utc) / 1_000;
const nights: WeeklyHours = { days: ['sat'], from: '22:00', to: '06:00' };
const small: WeeklyHours = { days: ['sun'], from: '02:00', to: '03:00' };

/** Minutes of a span in which the camera is watched. */
function watchedMinutes(schedule: WeeklyHours[], from: string, to: string): number {
  let minutes = 0;
  for (let time = at(from); time < at(to); time += 60) if (isWatched(schedule, time)) minutes += 1;
  return minutes;
}

describe('a camera with a schedule', () => {
  it('without hours is always watched', () => {
    expect(isWatched([], at('2026-06-01T00:00:00Z'))).toBe(true);
  });

  it('is watched from the first second of its hours to the last, and within any of them', () => {
    const day: WeeklyHours = { days: ['sun'], from: '12:00', to: '13:00' };
    expect(isWatched([nights, day], at('2026-06-06T19:59:59Z'))).toBe(false);
    expect(isWatched([nights, day], at('2026-06-06T20:00:00Z'))).toBe(true);
    expect(isWatched([nights, day], at('2026-06-07T03:59:59Z'))).toBe(true);
    expect(isWatched([nights, day], at('2026-06-07T04:00:00Z'))).toBe(false);
    expect(isWatched([nights, day], at('2026-06-07T10:30:00Z'))).toBe(true);
  });

  it('has a night of seven hours when clocks go forward, and of nine when they go back', () => {
    expect(watchedMinutes([nights], '2026-03-28T12:00:00Z', '2026-03-29T12:00:00Z')).toBe(7 * 60);
    expect(watchedMinutes([nights], '2026-10-24T12:00:00Z', '2026-10-25T12:00:00Z')).toBe(9 * 60);
  });

  it('has an hour that the clock skips not at all, and one that it repeats twice', () => {
    expect(watchedMinutes([small], '2026-03-29T00:00:00Z', '2026-03-29T12:00:00Z')).toBe(0);
    expect(watchedMinutes([small], '2026-10-25T00:00:00Z', '2026-10-25T12:00:00Z')).toBe(120);
  });
});
