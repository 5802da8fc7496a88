import { chmodSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveReferences, variable } from './values.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'nunchi-secrets-'));
const secret = path.join(folder, 'password');
writeFileSync(secret, 'p"w\n');

function resolve(value: unknown, environment: NodeJS.ProcessEnv = {}) {
  const problems: string[] = [];
  const resolved = resolveReferences(value, environment, (at, message) => {
    problems.push(`${at.join('.')}: ${message}`);
  });
  return { resolved, problems };
}

describe('references in values', () => {
  it('are replaced by the variable or the content of the file, without its line end', () => {
    const value = { a: [`rtsp://u:{file:${secret}}@h/{NUNCHI_PATH}`], b: 1, c: '{other}' };
    expect(resolve(value, { NUNCHI_PATH: 'x' })).toEqual({
      resolved: { a: ['rtsp://u:p"w@h/x'], b: 1, c: '{other}' },
      problems: [],
    });
  });

  it('are not looked for in what replaced one', () => {
    expect(resolve('{NUNCHI_A}', { NUNCHI_A: '{NUNCHI_B}', NUNCHI_B: 'b' }).resolved).toBe('{NUNCHI_B}');
  });

  it('may be to a variable whose value lies in a file', () => {
    expect(resolve('{NUNCHI_A}', { NUNCHI_A_FILE: secret }).resolved).toBe('p"w');
    expect(() => variable('NUNCHI_A', { NUNCHI_A: 'a', NUNCHI_A_FILE: secret })).toThrow('keep one');
  });

  it('follow the links that a mounted secret is made of, and take one that everybody may read', () => {
    const link = path.join(folder, 'link');
    symlinkSync(secret, link);
    chmodSync(secret, 0o644);
    expect(resolve(`{file:${link}}`).resolved).toBe('p"w');
  });

  it('are all told when they cannot be resolved', () => {
    const large = path.join(folder, 'large');
    const empty = path.join(folder, 'empty');
    writeFileSync(large, 'x'.repeat(70_000));
    writeFileSync(empty, '\n');
    const { problems } = resolve({
      a: '{NUNCHI_NONE}',
      b: ['{file:/nowhere/x}', '{file:relative}'],
      c: `{file:${folder}}`,
      d: `{file:${large}}`,
      e: `{file:${empty}}`,
      f: '{file:/dev/zero}',
    });
    const expected = [/^a: .*NUNCHI_NONE.*set it/, /^b\.0: .*cannot be read/, /^b\.1: .*from the root/];
    expected.push(/^c: .*(regular|cannot)/, /^d: .*larger/, /^e: .*empty/, /^f: .*regular/);
    expect(problems).toHaveLength(expected.length);
    expected.forEach((pattern, i) => {
      expect(problems[i]).toMatch(pattern);
    });
  });
});
