import { MS_PER_S, S_PER_DAY } from '../units.js';

/**
 * Seconds that a `Retry-After` header asks to wait (RFC 9110, 10.2.3), a day at most; null without one that can be read.
 *
 * @param now - Unix seconds
 */
export function retryAfterS(header: string | string[] | undefined, now: number): number | null {
  const text = (Array.isArray(header) ? header[0] : header)?.trim();
  if (text === undefined || text === '') return null;
  const seconds = /^\d+$/.test(text) ? Number(text) : Date.parse(text) / MS_PER_S - now;
  return Number.isNaN(seconds) ? null : Math.min(S_PER_DAY, Math.max(0, Math.ceil(seconds)));
}
