import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { cameraSettings } from '../camera/camera-config.js';
import { configOf, loadConfig, type ConfigSource } from './file.js';
import { environmentOverrides } from './overrides.js';
import { AppError } from '../errors.js';

function configFile(text: string): string {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'nunchi-config-')), 'config.yaml');
  writeFileSync(file, text);
  return file;
}

const load = (text: string, environment: NodeJS.ProcessEnv = {}) =>
  loadConfig(configFile(text), environmentOverrides(environment), environment);

function errorOf(run: () => unknown): AppError {
  try {
    run();
  } catch (thrown) {
    return AppError.from(thrown);
  }
  throw new Error('it should have been refused');
}

describe('loadConfig', () => {
  it('has a default for everything', () => {
    expect(loadConfig(undefined, [], {})).toMatchObject({
      http: { host: '127.0.0.1', port: 8971, tokens: [] },
      defaults: {
        vad: { model: 'mulde', fps: 5, threshold: 'auto' },
        live: { fps: 5, width: 640, quality: 75 },
      },
      store: { batch_size: 10, batch_ms: 1000, retention_days: 30 },
      alerts: { dedup_s: 15, digest_s: 60 },
      cameras: {},
    });
  });

  it('takes a number as a camera id, and lays camera settings over the defaults', () => {
    const config = load(
      'defaults: { vad: { fps: 4 } }\ncameras:\n  1: { url: a.mp4, vad: { threshold: 0.7 } }\n',
    );
    const own = config.cameras['1'];
    expect(own && cameraSettings(config, '1', own).vad).toEqual({
      model: 'mulde',
      fps: 4,
      threshold: 0.7,
      alarms_per_day: 1,
      warmup_s: 20,
    });
  });

  it.each([
    ['http:\n  port: many\n', 'config.yaml:2: http.port', '"many"'],
    [
      'cameras:\n  gate:\n    url: a.mp4\n    vad: { fps: 99 }\n',
      'config.yaml:4: cameras.gate.vad.fps',
      '99',
    ],
    ['defaults: { vad: { alarms_per_day: 0 } }\n', 'config.yaml:1: defaults.vad.alarms_per_day', '0'],
    ['cameras:\n  "a b": { url: x }\n', 'config.yaml:2: cameras.a b', 'a camera id'],
    ['storage: 1\n', 'config.yaml', 'storage'],
    ['a: [1\n', 'config.yaml:2', 'Flow sequence'],
  ])('names line, key and value: %j', (text, where, what) => {
    expect(() => load(text)).toThrow(expect.objectContaining({ code: 'config.invalid' }) as Error);
    expect(() => load(text)).toThrow(where);
    expect(() => load(text)).toThrow(what);
  });

  it.each([
    ['a: 1\nb: 2\na: 3\n', ':3: a stands here a second time'],
    ['http:\n\tport: 1\n', ':2: a tab indents this line; use spaces'],
    ['log: {}\n---\nlog: {}\n', ':2: a second document begins here'],
    ['vlm:\n  model: !secret model\n', ':2: !secret is not known; secrets are written as'],
    ['alerts:\n  dedup: 3\n', ':2: alerts.dedup: is unknown; did you mean dedup_s? (given: 3)'],
    ['log:\n  colour: true\n', ':2: log.colour: is unknown; known here: level'],
    ['cameras:\n  1:\n    url: a.mp4\n    nmae: x\n', ':4: cameras.1.nmae: is unknown; did you mean name?'],
    ['- 1\n', ': top level: write settings as key: value'],
  ])('explains %j', (text, expected) => {
    expect(() => load(text)).toThrow(expected);
  });

  it('tells everything that is wrong at once', () => {
    const text =
      'http: { port: x }\nlog: { level: loud }\ncameras: { a: { url: "{NUNCHI_NONE}" } }\nnew: 1\n';
    const told = errorOf(() => load(text, { NUNCHI_VLM_THREADS: '99' })).message.split('\n');
    const settings = ['cameras.a.url', 'http.port', 'log.level', 'new', 'vlm.threads'];
    expect(told.map((line) => line.split(': ')[1]).sort()).toEqual(settings);
    expect(told.filter((line) => line.startsWith('NUNCHI_VLM_THREADS: '))).toHaveLength(1);
  });

  it('names the first setting for programs', () => {
    expect(errorOf(() => load('http: { port: x }\n')).data).toEqual({ field: 'http.port' });
  });

  it('shows no secret that is given wrongly, nor quotes a broken line', () => {
    const texts = [
      'http: { tokens: [secret] }',
      'vlm: { endpoint: { url: "http://h", model: m, api_key: [secret] } }',
      'alerts: { channels: { a: { type: ntfy, url: x, topic: t, token: "secret token" } } }',
      'alerts: { channels: { a: { password: "secret } } }',
      'log: { level: "{NUNCHI_S}" }',
    ];
    for (const text of texts)
      expect(errorOf(() => load(text, { NUNCHI_S: 'secret' })).message).not.toMatch(/secret(?! files)/);
  });

  it('takes zones and masks, and has none by default', () => {
    const config = load(
      'cameras:\n' +
        '  a: { url: a.mp4 }\n' +
        '  b: { url: b.mp4, zones: { door: { points: [[0, 0], [1, 0], [1, 1]] } }, masks: [{ points: [[0, 0], [0.2, 0], [0, 0.2]] }] }\n',
    );
    const areasOf = (id: string) => {
      const own = config.cameras[id];
      const settings = own && cameraSettings(config, id, own);
      return [settings?.zones, settings?.masks.length];
    };
    expect(areasOf('a')).toEqual([{}, 0]);
    const points = [
      [0, 0],
      [1, 0],
      [1, 1],
    ];
    expect(areasOf('b')).toEqual([{ door: { points } }, 1]);
  });

  it.each([
    ['zones: { door: { points: [[0, 0], [640, 0], [0, 1]] } }', 'zones.door.points.1.0', '(given: 640)'],
    ['zones: { door: { points: [[0, 0], [1], [0, 1]] } }', 'zones.door.points.1', 'a point is [x, y]'],
    ['zones: { door: { points: [[0, 0], [1, 1]] } }', 'zones.door.points', '3 to 50 points'],
    ['zones: { door: { points: [[0, 0], [0.01, 0], [0, 0.01]] } }', 'zones.door', 'make it larger'],
    ['zones: { "a,b": { points: [[0, 0], [1, 0], [0, 1]] } }', 'zones.a,b', 'a zone name'],
    ['masks: [{ points: [[0, 0], [1, 0], [1, 1], [0, 1]] }]', 'masks', 'nothing to watch'],
    [
      `zones: {${Array.from({ length: 17 }, (_, i) => `z${i}: { points: [[0, 0], [1, 0], [0, 1]] }`).join()}}`,
      'zones',
      'at most 16',
    ],
  ])('refuses %s', (areas, where, what) => {
    const text = `cameras:\n  gate:\n    url: a.mp4\n    ${areas}\n`;
    expect(() => load(text)).toThrow(`config.yaml:4: cameras.gate.${where}: `);
    expect(() => load(text)).toThrow(what);
  });

  it('never shows a URL, which may hold a password', () => {
    expect(() =>
      load('cameras:\n  gate: { url: "rtsp://u:secret@h/", transport: "rtsp://u:secret@h" }\n'),
    ).toThrow(/^(?!.*secret)/s);
  });

  it('lets the environment override, by the name of the setting', () => {
    const config = load('http: { port: 1 }', { NUNCHI_HTTP_PORT: '9000', NUNCHI_DEFAULTS_VAD_FPS: '2' });
    expect([config.http.port, config.defaults.vad.fps]).toEqual([9000, 2]);
    expect(() => load('', { NUNCHI_HTTP_PORT: 'x' })).toThrow('NUNCHI_HTTP_PORT');
  });

  it('takes a text from the environment as it is, or from the file that the variable with _FILE names', () => {
    const secret = configFile('0815\n');
    const environment = {
      NUNCHI_VLM_ENDPOINT_URL: 'http://10.0.0.9/v1',
      NUNCHI_VLM_ENDPOINT_MODEL: '7',
      NUNCHI_VLM_ENDPOINT_API_KEY_FILE: secret,
    };
    expect(load('', environment).vlm.endpoint).toEqual({
      url: 'http://10.0.0.9/v1',
      model: '7',
      api_key: '0815',
    });
  });

  it('puts variables into values, and names one that is missing', () => {
    const text = 'cameras:\n  gate: { url: "rtsp://u:{NUNCHI_GATE_PASSWORD}@10.0.0.5/" }\n';
    expect(load(text, { NUNCHI_GATE_PASSWORD: 's3' }).cameras['gate']?.url).toBe('rtsp://u:s3@10.0.0.5/');
    expect(() => load(text)).toThrow(
      'config.yaml:2: cameras.gate.url: needs the variable NUNCHI_GATE_PASSWORD',
    );
  });

  it('says which file it cannot read', () => {
    expect(() => loadConfig('/nowhere/config.yaml', [], {})).toThrow('/nowhere/config.yaml');
  });
});

describe('configOf', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'nunchi-media-'));
  const source = (given: Partial<ConfigSource> = {}): ConfigSource => ({
    file: 'config.yaml',
    isOwn: false,
    base: folder,
    overrides: [],
    environment: {},
    fixedCameras: new Map([['plaza', '--camera']]),
    ...given,
  });

  it('makes the folders absolute, from where the file lies', () => {
    const config = configOf(source(), 'data_dir: here\nmedia_dir: /films\n', null);
    expect([config.data_dir, config.media_dir]).toEqual([path.join(folder, 'here'), '/films']);
  });

  it('refuses rules for cameras and zones that there are not', () => {
    const points = '{ points: [[0, 0], [1, 0], [1, 1]] }';
    const text = `cameras:
  gate: { url: "rtsp://10.0.0.5/", zones: { door: ${points} } }
alerts:
  rules:
    - { name: a, cameras: [gate, plaza, gaet] }
    - { name: b, cameras: [gate], zones: [door, dor] }
    - { name: c, cameras: [plaza], zones: [anything] }
agent: { rules: [{ name: d, cameras: [yard], min_severity: high }] }
`;
    expect(errorOf(() => configOf(source(), text, null)).message.split('\n')).toEqual([
      'config.yaml:8: agent.rules.0.cameras.0: there is no camera yard (given: "yard")',
      'config.yaml:5: alerts.rules.0.cameras.2: there is no camera gaet (given: "gaet")',
      'config.yaml:6: alerts.rules.1.zones.1: there is no zone of these cameras dor (given: "dor")',
    ]);
  });

  it('refuses a camera that cannot be opened, unless it was there before', () => {
    const text = 'cameras:\n  gate: { url: none.mp4 }\n';
    expect(errorOf(() => configOf(source(), text, null)).message).toContain(
      'config.yaml:2: cameras.gate.url: ',
    );
    const before = configOf(source(), text, null, { opensCameras: false });
    expect(configOf(source(), text, before).cameras).toHaveProperty('gate');
  });

  it('refuses to be told in the own file where that lies', () => {
    expect(() => configOf(source({ isOwn: true }), 'data_dir: x\n', null)).toThrow('use --data-dir');
  });
});
