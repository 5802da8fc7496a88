import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCommandLine, type Commands } from './cli.js';
import { changeTokens } from './access/tokens-file.js';

let dataDir: string;
let ran: string[];

beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'nunchi-cli-'));
  ran = [];
});

afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

/** The option for a configuration with this `http` block. */
function configured(http: string): string[] {
  const file = path.join(dataDir, 'nunchi.yaml');
  writeFileSync(file, `http: { ${http} }\n`);
  return ['--config', file];
}

async function nunchi(args: string[], environment: NodeJS.ProcessEnv = {}): Promise<string[]> {
  const note = (name: string) => () => {
    ran.push(name);
    return Promise.resolve();
  };
  const names = ['watch', 'evaluate', 'bench', 'calibrate', 'models', 'tokens'];
  const commands = Object.fromEntries(names.map((name) => [name, note(name)])) as unknown as Commands;
  await runCommandLine([...args, '--data-dir', dataDir], environment, '1.0.0', commands);
  return ran;
}

it('starts without a command, and with the one that says so', async () => {
  expect(await nunchi([])).toEqual(['watch']);
  expect(await nunchi(['start', '--port', '0'])).toEqual(['watch', 'watch']);
});

it('does not start where others reach it and nobody needs a token', async () => {
  await expect(nunchi(['--host', '0.0.0.0'])).rejects.toThrow(
    /0\.0\.0\.0 can be reached.*nunchi tokens create/,
  );
  const proxied = configured('allowed_hosts: [cams.example]');
  await expect(nunchi(proxied)).rejects.toThrow('cams.example can be reached');
  expect(ran).toEqual([]);
});

it('starts there with a token of either place, or when everybody may come', async () => {
  expect(await nunchi(['--host', '0.0.0.0'], { NUNCHI_HTTP_ALLOW_ANONYMOUS: 'viewer' })).toHaveLength(1);
  expect(await nunchi(configured(`host: 0.0.0.0, tokens: [${'t'.repeat(32)}]`))).toHaveLength(2);
  const token = {
    name: 'a',
    role: 'viewer',
    cameras: null,
    sha256: 'a'.repeat(64),
    created: 0,
    expires: 1,
  } as const;
  changeTokens(dataDir, () => [token]);
  expect(await nunchi(['--host', '0.0.0.0'])).toHaveLength(3);
});

it('hands nunchi tokens over', async () => {
  expect(await nunchi(['tokens', 'list'])).toEqual(['tokens']);
});

it('hands the benchmark its options as they are, after what the configuration says', async () => {
  const given: string[][] = [];
  const file = path.join(dataDir, 'nunchi.yaml');
  writeFileSync(file, 'defaults: { vad: { model: mnad, fps: 4 } }\ndecode: { backend: ffmpeg }\n');
  const bench = (args: readonly string[]) => {
    given.push([...args]);
    return Promise.resolve();
  };
  const args = ['bench', '--plan', '--config', file, '--data-dir', dataDir, '--max', '3', '--help'];
  await runCommandLine(args, {}, '1.0.0', { bench } as unknown as Commands);
  expect(given).toEqual([
    [
      ...['--data-dir', dataDir, '--vad-model', 'mnad', '--vad-fps', '4'],
      ...['--decode', 'ffmpeg', '--hardware', 'none', '--ffmpeg', 'ffmpeg'],
      ...['--plan', '--max', '3', '--help'],
    ],
  ]);
});
