/** How far local clocks are ahead of UTC, and since when. */
import { MS_PER_S } from './units.js';

export interface Offset {
  /** Unix seconds from which it holds; -Infinity for the first. */
  since: number;
  /** Seconds to add to Unix time for the local clock. */
  seconds: number;
}

/** No zone changes its clock twice within this. */
const STEP_S = 7 * 86_400;

/** The offsets of an IANA time zone between two moments in Unix seconds, in order. */
export function offsetsBetween(timeZone: string, from: number, to: number): Offset[] {
  const offsetAt = offsetReader(timeZone);
  const first = Math.floor(from);
  const offsets = [{ since: Number.NEGATIVE_INFINITY, seconds: offsetAt(first) }];
  for (let start = first; start < to; start += STEP_S) {
    const end = Math.min(start + STEP_S, Math.ceil(to));
    const before = offsetAt(start);
    const after = offsetAt(end);
    if (before !== after) offsets.push({ since: changeWithin(start, end, offsetAt), seconds: after });
  }
  return offsets;
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The Unix seconds at which a local clock shows `localSeconds`: the first, where it is turned back over them. */
export function instantOf(localSeconds: number, offsets: readonly Offset[]): number {
  for (const [place, { seconds }] of offsets.entries()) {
    const instant = localSeconds - seconds;
    const end = offsets[place + 1]?.since ?? Number.POSITIVE_INFINITY;
    if (instant < end) return instant;
  }
  return localSeconds;
}

function changeWithin(start: number, end: number, offsetAt: (unixTime: number) => number): number {
  const before = offsetAt(start);
  let [low, high] = [start, end];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

function offsetReader(timeZone: string): (unixTime: number) => number {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (unixTime) => {
    const parts = new Map(
      format.formatToParts(unixTime * MS_PER_S).map(({ type, value }) => [type, Number(value)]),
    );
    const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
    const local = Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    );
    return local / MS_PER_S - unixTime;
  };
}
