import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configSchema } from './config.js';
import { changedPaths, restartRequired } from './changes.js';

describe('changedPaths', () => {
  it('names the deepest settings that differ, lists as a whole', () => {
    const previous = { a: { b: 1, c: [1, 2] }, d: 'x', gone: { e: 1 } };
    const next = { a: { b: 2, c: [2, 2] }, d: 'x', added: { f: 1 } };
    expect(changedPaths(previous, next)).toEqual([['a', 'b'], ['a', 'c'], ['gone'], ['added']]);
  });

  it('is empty for what is equal, and only then', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        expect(changedPaths(one, structuredClone(one))).toEqual([]);
        expect(changedPaths(one, other).length === 0).toBe(isDeepStrictEqual(one, other));
      }),
    );
  });

  it('takes no inherited property for a setting', () => {
    expect(changedPaths({}, { constructor: 1 })).toEqual([['constructor']]);
  });
});

describe('restartRequired', () => {
  it('leaves out what is applied while the product runs', () => {
    const now = configSchema.parse({
      http: { port: 1 },
      agent: { rules: [{ name: 'a', min_severity: 'high' }], threads: 2 },
      cameras: { a: { url: 'rtsp://h/' } },
      alerts: { dedup_s: 1 },
    });
    expect(restartRequired(configSchema.parse({}), now).sort()).toEqual(['agent.threads', 'http.port']);
  });
});
