import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { cameraSettings } from './config.js';
import { environmentOverrides, loadConfig } from './config-file.js';

function configFile(text: string): string {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'nunchi-config-')), 'config.yaml');
  writeFileSync(file, text);
  return file;
}

const load = (text: string, environment: NodeJS.ProcessEnv = {}) =>
  loadConfig(configFile(text), environmentOverrides(environment), environment);

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
    ['a: [1\n', 'config.yaml', 'line 2'],
  ])('names line, key and value: %j', (text, where, what) => {
    expect(() => load(text)).toThrow(expect.objectContaining({ code: 'config.invalid' }) as Error);
    expect(() => load(text)).toThrow(where);
    expect(() => load(text)).toThrow(what);
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

  it('puts variables into values, and names one that is missing', () => {
    const text = 'cameras:\n  gate: { url: "rtsp://u:{NUNCHI_GATE_PASSWORD}@10.0.0.5/" }\n';
    expect(load(text, { NUNCHI_GATE_PASSWORD: 's3' }).cameras['gate']?.url).toBe('rtsp://u:s3@10.0.0.5/');
    expect(() => load(text)).toThrow(
      'config.yaml:2: cameras.gate.url needs the variable NUNCHI_GATE_PASSWORD',
    );
  });

  it('says which file it cannot read', () => {
    expect(() => loadConfig('/nowhere/config.yaml', [], {})).toThrow('/nowhere/config.yaml');
  });
});
