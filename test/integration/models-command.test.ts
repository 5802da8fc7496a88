import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packagePath } from '../../src/paths.js';
import { ModelServer, sha256, someBytes } from '../support/model-server.js';
import { temporaryDir } from '../support/product.js';

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

let server: ModelServer;
let dataDir: string;
beforeEach(async () => {
  server = await ModelServer.start();
  dataDir = temporaryDir('models');
});
afterEach(() => server.stop());

const text = someBytes(2_000_000, 1);
const projector = someBytes(1_000_000, 2);

/** `nunchi models` as a user runs it. */
function start(...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [
    packagePath('dist/main.js'),
    'models',
    ...args,
    '--data-dir',
    dataDir,
  ]);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => {
      resolve({ code, stdout, stderr });
    });
  });
  return { child, ended };
}

const run = (...args: string[]): Promise<Ended> => start(...args).ended;

function ownModel(name = 'own'): string[] {
  server.files.set('/text.gguf', { content: text, etag: '"1"' });
  server.files.set('/mmproj.gguf', { content: projector, etag: '"2"' });
  return [
    ...['pull', '--name', name, '--url', `${server.url}/text.gguf`, '--sha256', sha256(text)],
    ...['--projector-url', `${server.url}/mmproj.gguf`, '--projector-sha256', sha256(projector)],
  ];
}

const inFolder = (...names: string[]): string => path.join(dataDir, 'models/own', ...names);

describe('nunchi models', () => {
  it('pulls a model of my own, lists it, does not pull it twice, and removes it', async () => {
    const pulled = await run(...ownModel());
    expect(pulled).toMatchObject({ code: 0 });
    expect(pulled.stdout).toBe(
      'own is pulled\n  licence: as its makers say\n  the service uses it from its next start on\n',
    );
    expect(pulled.stderr).toMatch(/^text: 2\.0 of 2\.0 MB/m);
    expect(pulled.stderr).toMatch(/^projector: 1\.0 of 1\.0 MB/m);
    const manifest = JSON.parse(readFileSync(inFolder('manifest.json'), 'utf8')) as Record<
      string,
      { file: string }
    >;
    expect(manifest).toMatchObject({ kind: 'vlm', name: 'own', text: { sha256: sha256(text) } });
    expect(readFileSync(inFolder(manifest['text']?.file ?? '')).equals(text)).toBe(true);
    expect(readFileSync(inFolder(manifest['projector']?.file ?? '')).equals(projector)).toBe(true);
    expect(readdirSync(inFolder())).toHaveLength(3);

    const listed = await run('list');
    expect(listed.stdout).toMatch(/^own +pulled$/m);
    expect(listed.stdout).toContain('VLM for real cameras: own\n');
    expect((await run(...ownModel())).stdout).toMatch(/^own is there already\n/);
    expect(server.asked).toHaveLength(2);

    expect(await run('remove', 'own')).toMatchObject({ code: 0, stdout: 'removed own\n' });
    expect(existsSync(inFolder())).toBe(false);
    expect(await run('remove', 'own')).toMatchObject({
      code: 1,
      stderr: 'nunchi: no model own was pulled; `nunchi models list` says which were\n',
    });
  });

  it('stops on Ctrl-C, and the same command goes on from there', async () => {
    const args = ownModel();
    server.files.set('/text.gguf', { content: text, etag: '"1"', holdAfterBytes: 1_500_000 });
    const first = start(...args);
    await new Promise<void>((resolve) => {
      first.child.stderr?.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('1.4 of 2.0 MB') || chunk.toString().includes('1.5 of 2.0 MB'))
          resolve();
      });
    });
    first.child.kill('SIGINT');
    const stopped = await first.ended;
    expect(stopped).toMatchObject({ code: 1, stdout: '' });
    expect(stopped.stderr).toContain('nunchi: stopped after 2 MB; the same command goes on from there\n');
    expect((await run('list')).stdout).not.toContain('own');

    const second = await run(...ownModel());
    expect(second).toMatchObject({ code: 0 });
    expect(server.asked[1]).toMatchObject({ path: '/text.gguf', ifRange: '"1"' });
    expect(server.asked[1]?.range).toMatch(/^bytes=1[45]\d{5}-$/);
  });

  it('survives SIGKILL, and a server that is away for a moment', async () => {
    const args = ownModel();
    server.files.set('/text.gguf', { content: text, etag: '"1"', holdAfterBytes: 1_000_000 });
    const first = start(...args);
    await new Promise<void>((resolve) => {
      first.child.stderr?.on('data', (chunk: Buffer) => {
        if (/0\.[89] of 2\.0 MB|1\.0 of 2\.0 MB/.test(chunk.toString())) resolve();
      });
    });
    first.child.kill('SIGKILL');
    await first.ended;
    server.files.set('/text.gguf', { content: text, etag: '"1"', status: { code: 503, times: 2 } });
    const again = start(...args);
    expect(await again.ended).toMatchObject({ code: 0 });
    expect(server.asked.slice(1, 4).map(({ range }) => range?.startsWith('bytes='))).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('asks a mirror for a model of the catalogue, and takes no other file for it', async () => {
    server.files.set(
      '/ggml-org/SmolVLM-500M-Instruct-GGUF/resolve/72e986006ef53e37cdd3f6d4241c90b0f01df376/SmolVLM-500M-Instruct-Q8_0.gguf',
      { content: text },
    );
    const { code, stderr, stdout } = await run('pull', 'smolvlm-500m', '--from', server.url);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('has 2000000 bytes, not 436806912: another file');
    expect(readdirSync(path.join(dataDir, 'models/smolvlm-500m'))).toEqual([]);
  });

  it.each([
    [['pull', 'gpt-9'], 'the catalogue has no model gpt-9; it has qwen2.5-vl-3b, '],
    [['pull'], 'name a model of the catalogue, or give --name, --url and --sha256'],
    [
      ['pull', '--name', 'a', '--url', 'http://192.0.2.1/a', '--sha256', 'a'.repeat(64)],
      'http://192.0.2.1/a: models come over https://',
    ],
    [['pull', '--name', 'a', '--url', 'https://192.0.2.1/a', '--sha256', 'abc'], '--sha256 abc:'],
    [['pull', '--name', '../a', '--url', 'https://192.0.2.1/a', '--sha256', 'a'.repeat(64)], '../a: '],
    [['remove', 'auto'], 'auto is no name for a model'],
  ])('refuses %j and says why', async (args, message) => {
    const { code, stderr } = await run(...args);
    expect(code).toBe(1);
    expect(stderr).toContain(`nunchi: ${message}`);
  });
});
