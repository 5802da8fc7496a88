import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { verifyFile } from './verified-file.js';

const folder = mkdtempSync(path.join(tmpdir(), 'nunchi-verified-'));
const file = path.join(folder, 'model.gguf');
const signal = new AbortController().signal;

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function put(content: string): { path: string; sha256: string } {
  writeFileSync(file, content);
  return { path: file, sha256: createHash('sha256').update(content).digest('hex') };
}

describe('verifyFile', () => {
  it('accepts the file that is meant, and once more', async () => {
    const meant = put('weights');
    await verifyFile(meant, signal);
    await verifyFile(meant, signal);
  });

  it('notices that a file has changed since', async () => {
    const meant = put('weights');
    await verifyFile(meant, signal);
    put('other weights');
    await expect(verifyFile(meant, signal)).rejects.toMatchObject({ code: 'model.hash_mismatch' });
  });

  it('names a file that is not there', async () => {
    const missing = { path: path.join(folder, 'none'), sha256: '' };
    await expect(verifyFile(missing, signal)).rejects.toMatchObject({ code: 'model.missing' });
  });
});
