import { describe, expect, it } from 'vitest';
import { parseEventFilters } from './event-filters.js';

function parse(query: string) {
  const parameters = new URLSearchParams(query);
  const names = [...new Set(parameters.keys())];
  return parseEventFilters(Object.fromEntries(names.map((name) => [name, parameters.getAll(name)])));
}

describe('parseEventFilters', () => {
  it('reads every filter of the contract', () => {
    const query =
      'camera=gate,1&severity=high,critical&label=anomaly&verdict=unverified,verification-failed' +
      '&after=1700000000.5&before=1700000100&min_score=0.6&limit=500&cursor=abc';
    expect(parse(query)).toEqual({
      camera: ['gate', '1'],
      severity: ['high', 'critical'],
      label: ['anomaly'],
      verdict: ['unverified', 'verification-failed'],
      after: 1_700_000_000.5,
      before: 1_700_000_100,
      minScore: 0.6,
      limit: 500,
      cursor: 'abc',
    });
  });

  it('takes lists by their plural names and as repeated parameters too', () => {
    expect(parse('cameras=gate&camera=1&camera=gate&labels=fall, running')).toMatchObject({
      camera: ['1', 'gate'],
      label: ['fall', 'running'],
    });
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=501', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['limit=', 'limit'],
    ['after=yesterday', 'after'],
    ['after=Infinity', 'after'],
    ['min_score=2', 'min_score'],
    ['severity=huge', 'severity'],
    ['verdict=', 'verdict'],
    ['camera=,', 'camera'],
    ['cursor=', 'cursor'],
    ['__proto__=1', '__proto__'],
    ['minScore=1', 'minScore'],
  ])('refuses %s, naming %s', (query, parameter) => {
    expect(() => parse(query)).toThrow(
      expect.objectContaining({ code: 'request.invalid', data: { parameter } }),
    );
  });
});
