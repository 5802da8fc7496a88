import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runCommandLine, type Commands } from '../../src/cli.js';
import type { Launch } from '../../src/product-options.js';

afterEach(() => {
  vi.restoreAllMocks();
});

const folder = () => mkdtempSync(path.join(os.tmpdir(), 'nunchi-command-'));

/** What the command line makes of its arguments: what it prints, and what it would start. */
async function run(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  let printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  const launches: Launch[] = [];
  const commands: Partial<Commands> = {
    watch: (launch) => {
      launches.push(launch);
      return Promise.resolve();
    },
  };
  await runCommandLine(args, environment, '1.2.3', commands as Commands);
  return { printed, launch: launches[0] };
}

describe('nunchi check-config', () => {
  it('says ok, what the file sets up, and what is seldom meant', async () => {
    const file = path.join(folder(), 'config.yaml');
    writeFileSync(file, 'cameras: { gate: { url: "rtsp://10.0.0.5/" } }\nresources: { vlm_mb: 9000 }\n');
    const { printed } = await run(['check-config', file], { NUNCHI_HTTP_PORT: '9000' });
    expect(printed.split('\n')).toEqual([
      'ok',
      `file: ${file}`,
      'cameras: gate',
      'alert channels: none',
      'http.port: set by NUNCHI_HTTP_PORT, whatever the file says',
      expect.stringMatching(/^warning: resources: .* 11048, more than vram_mb, 6144/),
      '',
    ]);
  });

  it('warns of a secret that everybody may read', async () => {
    const dir = folder();
    const [file, secret] = [path.join(dir, 'config.yaml'), path.join(dir, 'pw')];
    writeFileSync(secret, 'pw\n', { mode: 0o644 });
    const url = `rtsp://u:{file:${secret}}@10.0.0.5/`;
    writeFileSync(file, `# as {file:/run/secrets/none}\ncameras: { gate: { url: "${url}" } }\n`);
    const { printed } = await run(['check-config', file]);
    expect(printed).toContain(`warning: ${secret} can be read by every user`);
  });

  it('tells everything that is wrong', async () => {
    const file = path.join(folder(), 'config.yaml');
    writeFileSync(
      file,
      'cameras: { gate: { url: none.mp4 } }\nalerts: { rules: [{ name: a, cameras: [b] }] }\n',
    );
    await expect(run(['check-config', file])).rejects.toThrow(
      /:2: alerts\.rules.*\n.*:1: cameras\.gate\.url/,
    );
    await expect(run(['--config', file, 'check-config'])).rejects.toThrow('cameras.gate.url');
  });
});

describe('nunchi config-schema', () => {
  it('prints the JSON Schema', async () => {
    const { printed } = await run(['config-schema']);
    expect(JSON.parse(printed)).toMatchObject({ title: 'Nunchi configuration', type: 'object' });
  });
});

describe('without --config', () => {
  it('the demo runs, and the file beside the data may be made', async () => {
    const dir = folder();
    const { launch } = await run(['--data-dir', dir]);
    const { source, text } = launch?.loaded ?? {};
    expect(launch?.demo).toBe(true);
    expect([source?.file, source?.isOwn, text]).toEqual([path.join(dir, 'config.yaml'), true, null]);
    expect([...(source?.fixedCameras.keys() ?? [])]).toEqual(launch?.cameras.map(({ id }) => id));
  });

  it('that file is read, and its cameras take the place of the demo', async () => {
    const dir = folder();
    writeFileSync(path.join(dir, 'config.yaml'), 'cameras: { gate: { url: "rtsp://10.0.0.5/" } }\n');
    const { launch } = await run([], { NUNCHI_DATA_DIR: dir });
    expect(launch?.demo).toBe(false);
    expect(launch?.cameras.map(({ id }) => id)).toEqual(['gate']);
    expect(launch?.loaded.source.fixedCameras.size).toBe(0);
  });

  it('cameras of the command line stand beside those of the file, and are its own', async () => {
    const dir = folder();
    writeFileSync(path.join(dir, 'config.yaml'), 'cameras: { gate: { url: "rtsp://10.0.0.5/" } }\n');
    const { launch } = await run(['--data-dir', dir, '--camera', 'yard=rtsp://10.0.0.6/']);
    expect(launch?.cameras.map(({ id }) => id)).toEqual(['gate', 'yard']);
    expect([...(launch?.loaded.source.fixedCameras ?? [])]).toEqual([['yard', '--camera']]);
  });
});
