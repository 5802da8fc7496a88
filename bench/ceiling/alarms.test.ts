import { expect, it } from 'vitest';
import { ordinaryS, paintAlarm, QUIET_S } from './alarms.js';

const size = { width: 32, height: 18 };
const WHITE = 255;

/** Seconds, in tenths, at which something is painted. */
function paintedAt(aMinute: number, phase: number, seconds: number): number[] {
  const times = Array.from({ length: seconds * 10 }, (_, tenth) => tenth / 10);
  return times.filter((timeS) => {
    const frame = Buffer.alloc(size.width * size.height * 4, WHITE);
    paintAlarm(frame, size, timeS, { aMinute, phase });
    return frame.some((byte) => byte !== WHITE);
  });
}

it('alarms for two seconds, so often a minute, once the camera has learned', () => {
  const times = paintedAt(4, 0, QUIET_S + 60);
  expect(times[0]).toBe(QUIET_S);
  expect(times).toHaveLength(4 * 20);
  expect(new Set(times.map((timeS) => Math.floor((timeS - QUIET_S) / 15)))).toEqual(new Set([0, 1, 2, 3]));
});

it('alarms later on a camera of another phase', () => {
  expect(paintedAt(4, 0.5, QUIET_S + 15)[0]).toBe(QUIET_S + 7.5);
});

it('shows ordinary life to and fro without a jump', () => {
  for (let timeS = 0; timeS < 30; timeS += 0.1)
    expect(Math.abs(ordinaryS(timeS + 0.1) - ordinaryS(timeS))).toBeLessThan(0.11);
  expect([ordinaryS(0), ordinaryS(5), ordinaryS(10), ordinaryS(17)]).toEqual([0, 5, 0, 3]);
});
