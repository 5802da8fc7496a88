import { describe, expect, it } from 'vitest';
import { retryAfterS } from './retry-after.js';

const now = Date.UTC(2026, 0, 1, 12) / 1_000;

describe('retry-after', () => {
  it.each([
    ['120', 120],
    ['0', 0],
    ['Thu, 01 Jan 2026 12:01:30 GMT', 90],
    ['Thu, 01 Jan 2026 11:00:00 GMT', 0],
    ['999999999', 86_400],
  ])('reads %s as %d s', (header, seconds) => {
    expect(retryAfterS(header, now)).toBe(seconds);
  });

  it.each([undefined, '', 'soon', '-'])('takes %s for none', (header) => {
    expect(retryAfterS(header, now)).toBeNull();
  });
});
