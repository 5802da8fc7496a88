import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { ggufFile } from '../../../test/support/gguf-file.js';
import { AppError } from '../../errors.js';
import { readGguf } from './gguf.js';

const folder = mkdtempSync(path.join(tmpdir(), 'nunchi-gguf-'));
const file = path.join(folder, 'model.gguf');

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function read(content: Uint8Array): unknown {
  writeFileSync(file, content);
  try {
    return readGguf(file);
  } catch (error) {
    return error;
  }
}

/** The error's code and message; fails on whatever else is thrown. */
function refusal(outcome: unknown): string {
  expect(outcome).toBeInstanceOf(AppError);
  const { code, message } = outcome as AppError;
  expect(message).toContain(file);
  return `${code}: ${message}`;
}

describe('readGguf', () => {
  it('says what a whole file holds', () => {
    expect(read(ggufFile())).toEqual({ architecture: 'llama', tensors: 3 });
  });

  it('names a file that is not there', () => {
    expect(() => readGguf(path.join(folder, 'none.gguf'))).toThrow(
      expect.objectContaining({ code: 'model.missing' }),
    );
  });

  it('says of a file cut off anywhere that its end is missing, and where', () => {
    const whole = ggufFile();
    writeFileSync(file, whole);
    const cuts = fc.sample(fc.nat(whole.length - 1), 1_000);
    for (const cut of cuts.sort((a, b) => b - a)) {
      truncateSync(file, cut);
      const said = refusal(read(readFileSync(file)));
      expect(said).toMatch(/^model\.damaged: .*(ends in the middle of|bytes are missing)/);
    }
  });

  it('takes no harm from any other damage', () => {
    const whole = ggufFile();
    const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(damage, (changes) => {
        const damaged = Uint8Array.from(whole);
        for (const [at, value] of changes) damaged[at] = value;
        const outcome = read(damaged);
        if (outcome instanceof Error) expect(refusal(outcome)).toMatch(/^model\.damaged: /);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['another kind of file', Buffer.from('<!doctype html><title>Not found</title>'), /no GGUF file/],
    ['an empty file', Buffer.alloc(0), /ends in the middle of magic/],
    ['an older version', ggufFile({ version: 1 }), /GGUF version 1/],
    ['a tensor of an unknown type', ggufFile({ tensorType: 4 }), /tensor type 4/],
  ])('refuses %s', (_name, content, why) => {
    expect(refusal(read(content))).toMatch(why);
  });
});
