import { describe, expect, it } from 'vitest';
import { instantOf, isTimeZone, offsetsBetween } from './time-zone.js';

const at = (text: string): number => Date.parse(text) / 1_000;
const berlin = offsetsBetween('Europe/Berlin', at('2026-01-01T00:00:00Z'), at('2026-12-31T00:00:00Z'));

describe('offsetsBetween', () => {
  it('finds to the second when clocks go forward and back', () => {
    expect(berlin).toEqual([
      { since: Number.NEGATIVE_INFINITY, seconds: 3_600 },
      { since: at('2026-03-29T01:00:00Z'), seconds: 7_200 },
      { since: at('2026-10-25T01:00:00Z'), seconds: 3_600 },
    ]);
  });

  it('is one offset where clocks never change, also one of a quarter of an hour', () => {
    const of = (zone: string) => offsetsBetween(zone, at('2026-01-01T00:00:00Z'), at('2027-01-01T00:00:00Z'));
    expect(of('UTC')).toEqual([{ since: Number.NEGATIVE_INFINITY, seconds: 0 }]);
    expect(of('Asia/Kathmandu')).toEqual([{ since: Number.NEGATIVE_INFINITY, seconds: 20_700 }]);
  });

  it('begins with summer time in the south', () => {
    const sydney = offsetsBetween('Australia/Sydney', at('2026-01-01T00:00:00Z'), at('2026-12-31T00:00:00Z'));
    expect(sydney.map(({ seconds }) => seconds)).toEqual([39_600, 36_000, 39_600]);
  });
});

describe('instantOf', () => {
  /** What a clock in Berlin shows, written as if it were UTC. */
  const inBerlin = (text: string) => instantOf(at(`${text}Z`), berlin);

  it('undoes the offset that holds', () => {
    expect(inBerlin('2026-01-15T12:00:00')).toBe(at('2026-01-15T11:00:00Z'));
    expect(inBerlin('2026-07-15T12:00:00')).toBe(at('2026-07-15T10:00:00Z'));
  });

  it('takes the first of two moments where clocks go back', () => {
    expect(inBerlin('2026-10-25T02:30:00')).toBe(at('2026-10-25T00:30:00Z'));
    expect(inBerlin('2026-10-25T03:00:00')).toBe(at('2026-10-25T02:00:00Z'));
  });

  it('keeps the order where clocks skip an hour', () => {
    const [before, skipped, after] = ['01:59:59', '02:30:00', '03:30:00'].map((time) =>
      inBerlin(`2026-03-29T${time}`),
    );
    expect(before).toBe(at('2026-03-29T00:59:59Z'));
    expect(after).toBe(at('2026-03-29T01:30:00Z'));
    expect(skipped).toBeLessThanOrEqual(after ?? 0);
  });
});

it('isTimeZone tells zones from other words', () => {
  expect(['Europe/Berlin', 'UTC', 'Mars/Base', ''].map(isTimeZone)).toEqual([true, true, false, false]);
});
