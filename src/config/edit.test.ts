import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { editText } from './edit.js';

const file = `# Our house
cameras:
  # by the gate
  gate: { url: "rtsp://u:{NUNCHI_PW}@10.0.0.5/", name: Gate } # do not touch

  1:
    url: 'lobby.mp4'   # in media_dir
alerts:
  dedup_s: 15 # seconds
  rules:
    - name: night
      cameras: [gate]
`;

describe('editText', () => {
  it('changes one value and nothing else', () => {
    const edited = editText(file, [{ path: ['alerts', 'dedup_s'], value: 30 }]);
    expect(edited).toBe(file.replace('dedup_s: 15', 'dedup_s: 30'));
  });

  it('keeps quotes, comments and flow style where it changes', () => {
    const edited = editText(file, [
      { path: ['cameras', '1', 'url'], value: 'hall.mp4' },
      { path: ['cameras', 'gate', 'name'], value: 'Front gate' },
    ]);
    expect(edited).toContain("    url: 'hall.mp4' # in media_dir\n");
    expect(edited).toContain(', name: Front gate } # do not touch\n');
    expect(edited).toContain('{NUNCHI_PW}');
  });

  it('adds and removes settings', () => {
    const edited = editText(file, [
      { path: ['cameras', 'yard'], value: { url: 'yard.mp4' } },
      { path: ['vlm', 'endpoint', 'model'], value: 'big' },
      { path: ['cameras', 'gate'], value: undefined },
      { path: ['nothing', 'here'], value: undefined },
    ]);
    expect(parse(edited)).toEqual({
      cameras: { 1: { url: 'lobby.mp4' }, yard: { url: 'yard.mp4' } },
      alerts: { dedup_s: 15, rules: [{ name: 'night', cameras: ['gate'] }] },
      vlm: { endpoint: { model: 'big' } },
    });
    expect(edited).toContain('# Our house');
  });

  it('begins an empty file, and one that has comments only', () => {
    expect(editText('', [{ path: ['log', 'level'], value: 'debug' }])).toBe('log:\n  level: debug\n');
    expect(editText('# mine\n', [{ path: ['log', 'level'], value: 'debug' }])).toContain('# mine\n');
    expect(parse(editText('cameras:\n', [{ path: ['cameras', 'a', 'url'], value: 'a' }]))).toEqual({
      cameras: { a: { url: 'a' } },
    });
  });

  it.each([
    ['indentation', 'a:\n    b: 1\n    c:\n        - 1\n', 'a:\n    b: 2\n    c:\n        - 1\n'],
    ['lists that are not indented', 'a:\n  b: 1\n  c:\n  - 1\n', 'a:\n  b: 2\n  c:\n  - 1\n'],
    ['tight braces', 'a: {b: 1, c: [1, 2]}\n', 'a: {b: 2, c: [1, 2]}\n'],
    ['wide braces', 'a: { b: 1, c: [ 1, 2 ] }\n', 'a: { b: 2, c: [ 1, 2 ] }\n'],
    ['line ends', 'a:\r\n  b: 1\r\n', 'a:\r\n  b: 2\r\n'],
    ['long lines', `a: { b: 1, c: "${'long '.repeat(50)}" }\n`, `a: { b: 2, c: "${'long '.repeat(50)}" }\n`],
    ['numbers as written', 'a:\n  b: 1\n  c: 0x1F\n  d: 1.50\n', 'a:\n  b: 2\n  c: 0x1F\n  d: 1.50\n'],
  ])('keeps %s', (_what, before, after) => {
    expect(editText(before, [{ path: ['a', 'b'], value: 2 }])).toBe(after);
  });

  it('refuses what an alias would carry elsewhere, or what would take its anchor away', () => {
    const anchored = 'a: &day { b: 1 }\nc: *day\n';
    for (const path of [['a', 'b'], ['c', 'b'], ['a']]) {
      expect(() => editText(anchored, [{ path, value: 5 }])).toThrow(
        expect.objectContaining({ code: 'config.read_only' }) as Error,
      );
    }
    expect(editText(anchored, [{ path: ['c'], value: 5 }])).toContain('c: 5');
  });

  it('makes many changes at once', () => {
    const changes = Array.from({ length: 2_000 }, (_, i) => ({
      path: ['cameras', `c${i}`, 'url'],
      value: `${i}`,
    }));
    const edited = editText(file, changes);
    expect(Object.keys((parse(edited) as { cameras: object }).cameras)).toHaveLength(2_002);
    expect(edited).toContain('# do not touch');
  });

  it('writes no key that has no value', () => {
    const value = { url: 'a.mp4', name: undefined };
    expect(editText('', [{ path: ['cameras', 'a'], value }])).toBe('cameras:\n  a:\n    url: a.mp4\n');
  });

  it('does not touch a broken file', () => {
    expect(() => editText('a: [1\n', [{ path: ['a'], value: 1 }])).toThrow('line 2');
  });

  it('writes what was asked for, whatever the text', () => {
    const key = fc.string({ minLength: 1 }).filter((name) => name !== '__proto__');
    const value = fc.oneof(
      fc.string(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.array(fc.string()),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.array(key, { minLength: 1, maxLength: 3 }), value)), (changes) => {
        let text = file;
        for (const [path, next] of changes) {
          text = editText(text, [{ path, value: next }]);
          const found = path.reduce<unknown>(
            (inner, name) => (inner as Record<string, unknown>)[name],
            parse(text),
          );
          expect(found).toEqual(Object.is(next, -0) ? found : next);
        }
      }),
    );
  });
});
