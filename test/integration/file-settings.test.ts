import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { loadSource, type ConfigSource } from '../../src/config/file.js';
import type { AppError } from '../../src/errors.js';
import { FileSettings } from '../../src/config/file-settings.js';
import type { ConfigListener } from '../../src/config/settings.js';

/** Twenty times as fast, for the watch. */
const clock = { ...systemClock, after: (ms: number, run: () => void) => systemClock.after(ms / 20, run) };
const running: FileSettings[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((settings) => settings.stop()));
});

interface Given extends Partial<ConfigSource> {
  file?: string;
}

function setup(text: string | null, given: Given = {}) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'nunchi-settings-'));
  const file = given.file ?? path.join(folder, 'config.yaml');
  if (text !== null) writeFileSync(file, text);
  const source: ConfigSource = {
    file,
    isOwn: text === null,
    base: folder,
    overrides: [],
    environment: {},
    fixedCameras: new Map(),
    ...given,
  };
  const onChanged = vi.fn<(settings: string[], requestId: string | null) => void>();
  const onFailure = vi.fn<(error: AppError) => void>();
  const settings = new FileSettings({ loaded: loadSource(source), clock, onChanged, onFailure });
  const applied = vi.fn<(...change: Parameters<ConfigListener>) => Promise<void>>(() => Promise.resolve());
  settings.subscribe(applied);
  settings.start();
  running.push(settings);
  const read = () => readFileSync(file, 'utf8');
  return { folder, file, settings, applied, onChanged, onFailure, read };
}

const code = (expected: string) => expect.objectContaining({ code: expected }) as Error;
const dedup = (value: number) => ({ path: ['alerts', 'dedup_s'], value });

describe('an edit', () => {
  it('is validated, written with the comments kept, applied, and not applied a second time', async () => {
    const { settings, applied, onChanged, read } = setup('# ours\nalerts:\n  dedup_s: 15 # s\n');
    const next = await settings.edit([dedup(30)], 'r1');
    expect([next.alerts.dedup_s, settings.config.alerts.dedup_s]).toEqual([30, 30]);
    expect(read()).toBe('# ours\nalerts:\n  dedup_s: 30 # s\n');
    await settings.reload();
    expect(applied).toHaveBeenCalledOnce();
    const [current, previous, requestId] = applied.mock.calls[0] ?? [];
    expect([current?.alerts.dedup_s, previous?.alerts.dedup_s, requestId]).toEqual([30, 15, 'r1']);
    expect(onChanged.mock.calls).toEqual([[['alerts.dedup_s'], 'r1']]);
  });

  it('that would be invalid changes nothing, and names the field', async () => {
    const text = 'alerts: { dedup_s: 15 }\n';
    const { settings, applied, read } = setup(text);
    const failure = await settings.edit([dedup(-1)], 'r1').catch((error: unknown) => error as AppError);
    expect(failure).toMatchObject({ code: 'config.invalid', data: { field: 'alerts.dedup_s' } });
    expect((failure as AppError).message).toMatch(/^alerts\.dedup_s: .*\(given: -1\)$/);
    await expect(
      settings.edit([{ path: ['cameras', 'a'], value: { url: 'none.mp4' } }], 'r1'),
    ).rejects.toThrow(/^cameras\.a\.url: .*no such file/);
    expect(read()).toBe(text);
    expect(applied).not.toHaveBeenCalled();
  });

  it('comes after an edit of the file, and never overwrites it', async () => {
    const { settings, file, applied, read } = setup('alerts: { dedup_s: 15 }\n');
    writeFileSync(file, 'alerts: { dedup_s: 15 }\nlog: { level: debug }\n');
    await settings.edit([dedup(30)], 'r1');
    expect(read()).toBe('alerts: { dedup_s: 30 }\nlog: { level: debug }\n');
    expect(applied.mock.calls.map(([next]) => [next.log.level, next.alerts.dedup_s])).toEqual([
      ['debug', 15],
      ['debug', 30],
    ]);
    writeFileSync(file, 'log: { level: loud }\n');
    await expect(settings.edit([dedup(40)], 'r1')).rejects.toThrow('config.yaml:1: log.level');
    expect(read()).toBe('log: { level: loud }\n');
  });

  it('waits for the one before it', async () => {
    const { settings, read } = setup('alerts: {}\n');
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => settings.edit([{ path: ['cameras'], value: {} }, dedup(i)], 'r1')),
    );
    expect(settings.config.alerts.dedup_s).toBe(19);
    expect(read()).toContain('dedup_s: 19');
  });

  it('makes the own file of the product, for its owner alone', async () => {
    const { settings, file, read } = setup(null);
    await settings.edit([dedup(30)], 'r1');
    expect(read()).toBe('alerts:\n  dedup_s: 30\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('keeps the mode of the file and the link that leads to it, and leaves nothing beside it', async () => {
    const { settings, file, folder } = setup('alerts: {}\n');
    const target = path.join(folder, 'real.yaml');
    renameSync(file, target);
    symlinkSync('real.yaml', file);
    chmodSync(target, 0o640);
    await settings.edit([dedup(30)], 'r1');
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(statSync(target).mode & 0o777).toBe(0o640);
    expect(readFileSync(target, 'utf8')).toContain('dedup_s: 30');
    expect(readdirSync(folder).sort()).toEqual(['config.yaml', 'real.yaml']);
  });

  it('that cannot be written changes nothing', async () => {
    const { settings, folder, applied } = setup(null, { file: path.join('/proc', 'nunchi', 'config.yaml') });
    await expect(settings.edit([dedup(30)], 'r1')).rejects.toThrow(code('config.write_failed'));
    expect(settings.config.alerts.dedup_s).toBe(15);
    expect(applied).not.toHaveBeenCalled();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is refused for what a variable, an option, the command line or security decides', async () => {
    const { settings, read } = setup('alerts: {}\n', {
      overrides: [{ path: ['alerts', 'dedup_s'], value: 20, origin: 'NUNCHI_ALERTS_DEDUP_S' }],
      fixedCameras: new Map([['gate', '--camera']]),
    });
    const edit = async (at: string[], value: unknown) => settings.edit([{ path: at, value }], 'r1');
    await expect(edit(['alerts', 'dedup_s'], 1)).rejects.toThrow('NUNCHI_ALERTS_DEDUP_S');
    await expect(edit(['alerts'], {})).rejects.toThrow(code('config.read_only'));
    await expect(edit(['cameras', 'gate', 'name'], 'x')).rejects.toThrow('--camera');
    for (const at of [['http', 'port'], ['http'], ['data_dir'], ['media_dir'], ['models_dir'], []])
      await expect(edit(at, 'x')).rejects.toThrow(code('config.read_only'));
    expect(read()).toBe('alerts: {}\n');
    expect(settings.config.alerts.dedup_s).toBe(20);
  });

  it('may not refer to variables and files, which it could read by that', async () => {
    const { settings, file } = setup('cameras: {}\n', { environment: { NUNCHI_PW: 'pw' } });
    for (const url of ['rtsp://{NUNCHI_PW}@h/', 'rtsp://h/{file:/etc/passwd}'])
      await expect(settings.edit([{ path: ['cameras', 'a'], value: { url } }], 'r1')).rejects.toThrow(
        'cameras.a.url',
      );
    writeFileSync(file, 'cameras: { a: { url: "rtsp://u:{NUNCHI_PW}@h/", name: A } }\n');
    await settings.patch({ cameras: { a: { url: 'rtsp://***@h/', name: 'B' } } }, 'r1');
    expect(readFileSync(file, 'utf8')).toBe('cameras: { a: { url: "rtsp://u:{NUNCHI_PW}@h/", name: B } }\n');
    expect(settings.config.cameras['a']?.url).toBe('rtsp://u:pw@h/');
    expect(JSON.stringify(settings.view())).not.toContain('u:pw');
  });

  it('whose listener fails is told as such, with the other listeners served', async () => {
    const { settings, applied, read } = setup('alerts: {}\n');
    const after = vi.fn();
    applied.mockRejectedValueOnce(new Error('no such channel'));
    settings.subscribe(after);
    await expect(settings.edit([dedup(30)], 'r1')).rejects.toThrow(code('config.apply_failed'));
    expect(after).toHaveBeenCalledOnce();
    expect(read()).toContain('30');
  });
});

describe('the file', () => {
  const changes: [string, (file: string, text: string) => void][] = [
    ['written in place', writeFileSync],
    [
      'replaced by rename',
      (file, text) => {
        writeFileSync(`${file}~`, text);
        renameSync(`${file}~`, file);
      },
    ],
  ];

  it.each(changes)('is taken over when it is %s', async (_how, change) => {
    const { settings, file, onChanged } = setup('alerts: { dedup_s: 15 }\n');
    change(file, 'alerts: { dedup_s: 31 }\n');
    await vi.waitFor(() => {
      expect(onChanged.mock.calls).toEqual([[['alerts.dedup_s'], null]]);
    });
    expect(settings.config.alerts.dedup_s).toBe(31);
  });

  it('is taken over when the links of a mounted folder are swapped', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'nunchi-mounted-'));
    for (const [name, seconds] of Object.entries({ one: 15, two: 31 })) {
      mkdirSync(path.join(folder, name));
      writeFileSync(path.join(folder, name, 'config.yaml'), `alerts: { dedup_s: ${seconds} }\n`);
    }
    symlinkSync('one', path.join(folder, '..data'));
    const file = path.join(folder, 'config.yaml');
    symlinkSync('..data/config.yaml', file);
    const { settings } = setup('alerts: { dedup_s: 15 }\n', { file });
    symlinkSync('two', path.join(folder, '..new'));
    renameSync(path.join(folder, '..new'), path.join(folder, '..data'));
    await vi.waitFor(() => {
      expect(settings.config.alerts.dedup_s).toBe(31);
    });
  });

  it('that becomes bad leaves the old configuration in force, and says so until it is good again', async () => {
    const { settings, file, applied, onFailure } = setup('alerts: { dedup_s: 15 }\n');
    writeFileSync(file, 'alerts: { dedup_s: soon }\nlog: { levle: info }\n');
    await vi.waitFor(() => {
      expect(onFailure).toHaveBeenCalled();
    });
    expect(settings.config.alerts.dedup_s).toBe(15);
    expect(applied).not.toHaveBeenCalled();
    const told = settings.view().reload_error;
    expect(told).toMatch(/config\.yaml:1: alerts\.dedup_s: .*"soon"/);
    expect(told).toMatch(/config\.yaml:2: log\.levle: is unknown; did you mean level\?/);
    expect(onFailure.mock.calls.map(([error]) => error.message)).toEqual([told]);
    rmSync(file);
    await settings.reload();
    expect(settings.config.alerts.dedup_s).toBe(15);
    expect(settings.view().reload_error).toContain('cannot read');
    writeFileSync(file, 'alerts: { dedup_s: 20 }\n');
    await vi.waitFor(() => {
      expect(settings.config.alerts.dedup_s).toBe(20);
    });
    expect(settings.view().reload_error).toBeNull();
  });

  it('says which of its changes wait for a restart', async () => {
    const { settings, file } = setup('http: { port: 1 }\n');
    writeFileSync(file, 'http: { port: 2 }\nalerts: { dedup_s: 1 }\n');
    await settings.reload();
    expect(settings.view().restart_required).toEqual(['http.port']);
  });

  it('with a secret that changed is taken over on demand', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'nunchi-secret-'));
    const secret = path.join(folder, 'pw');
    writeFileSync(secret, 'one\n');
    const { settings } = setup(`cameras: { a: { url: "rtsp://u:{file:${secret}}@h/" } }\n`);
    writeFileSync(secret, 'two\n');
    await settings.reload();
    expect(settings.config.cameras['a']?.url).toBe('rtsp://u:two@h/');
  });
});
