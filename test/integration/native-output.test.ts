import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../src/paths.js';
import { temporaryDir } from '../support/product.js';

const script = packagePath('test/support/native-output.mjs');

/** Runs the script with its output in files, as it is in a terminal or a pipe of a shell. */
function run(...args: string[]) {
  const folder = temporaryDir('native');
  const [native, stdout, stderr] = ['native', 'stdout', 'stderr'].map((name) => path.join(folder, name));
  const outputs = [stdout, stderr].map((file) => openSync(file ?? '', 'w'));
  spawnSync(process.execPath, [script, native ?? '', ...args], { stdio: ['ignore', ...outputs] });
  for (const output of outputs) closeSync(output);
  const read = (file = ''): string => readFileSync(file, 'utf8');
  return { native: read(native), stdout: read(stdout), stderr: read(stderr) };
}

describe('output of native libraries', () => {
  it("goes to a file of its own, and the product's where it always went", () => {
    expect(run()).toEqual({
      stdout: 'product out\n',
      stderr: 'product error\n',
      native: 'native out\nnative error\nlast words\n',
    });
  });

  it('is cut when it has grown to more than 1 MiB, and goes on', () => {
    expect(run('much').native).toBe('last words\n');
  });

  it("stays with the product's where that goes to a socket, which cannot be opened anew", () => {
    const file = path.join(temporaryDir('native'), 'native');
    // A child's pipes are sockets.
    const { stdout, stderr } = spawnSync(process.execPath, [script, file], { encoding: 'utf8' });
    expect([stdout, stderr]).toEqual([
      'product out\nnative out\n',
      'product error\nnative error\nlast words\n',
    ]);
    expect(existsSync(file)).toBe(false);
  });
});
