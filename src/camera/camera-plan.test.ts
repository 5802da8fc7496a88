import { describe, expect, it } from 'vitest';
import { cameraDefaultsSchema, cameraSchema, cameraSettings, type CameraSettings } from './camera-config.js';
import { planCameras, wantedCameras } from './camera-plan.js';

const defaults = cameraDefaultsSchema.parse({});
const square = {
  points: [
    [0, 0],
    [0.5, 0],
    [0.5, 0.5],
    [0, 0.5],
  ],
};

function camera(id: string, own: object = {}): CameraSettings {
  return cameraSettings({ defaults }, id, cameraSchema.parse({ url: `rtsp://10.0.0.5/${id}`, ...own }));
}

function changeOf(own: object, before: object = {}) {
  const { added, removed, changed } = planCameras(
    [camera('a', before), camera('b')],
    [camera('a', own), camera('b')],
  );
  expect([added, removed]).toEqual([[], []]);
  return changed.map(({ settings, ...what }) => ({ id: settings.id, ...what }));
}

describe('the plan from the cameras that run to those that are wanted', () => {
  it('is empty where nothing changed', () => {
    expect(changeOf({})).toEqual([]);
  });

  it('adds and removes by id, and leaves the others alone', () => {
    const plan = planCameras([camera('a'), camera('b')], [camera('c'), camera('b')]);
    expect(plan).toEqual({ removed: ['a'], added: [camera('c')], changed: [] });
  });

  it.each([
    ['its name', { name: 'Gate' }],
    ['its threshold', { vad: { threshold: 0.7 } }],
    ['its budget', { vad: { alarms_per_day: 3 } }],
    ['its schedule', { schedule: [{ from: '22:00', to: '06:00' }] }],
    ['its live view', { live: { width: 320 } }],
    [
      'a zone that is all of the picture',
      {
        zones: {
          all: {
            points: [
              [0, 0],
              [1, 0],
              [1, 1],
              [0, 1],
            ],
          },
        },
      },
    ],
  ])('applies %s while it streams, and what it learned stays', (_what, own) => {
    expect(changeOf(own)).toEqual([{ id: 'a', restart: false, relearn: false }]);
  });

  it.each([
    ['a zone', { zones: { door: square } }],
    ['a mask', { masks: [square] }],
  ])('applies %s while it streams, and has it learn anew', (_what, own) => {
    expect(changeOf(own)).toEqual([{ id: 'a', restart: false, relearn: true }]);
  });

  it.each([
    ['another stream', { url: 'rtsp://10.0.0.6/a' }, true],
    ['another password of the same stream', { url: 'rtsp://me:secret@10.0.0.5/a' }, false],
    ['another transport', { transport: 'udp' }, false],
    ['another model', { vad: { model: 'mnad' } }, true],
    ['another rate', { vad: { fps: 2 } }, true],
  ])('restarts it alone for %s', (_what, own, relearn) => {
    expect(changeOf(own)).toEqual([{ id: 'a', restart: true, relearn }]);
  });
});

describe('the cameras that are wanted', () => {
  it('are those of the configuration and of the command line, which win, all with the defaults of now', () => {
    const changed = cameraDefaultsSchema.parse({ vad: { threshold: 0.8 } });
    const own = (url: string) => cameraSchema.parse({ url, name: 'Configured' });
    const config = { cameras: { a: own('rtsp://1/'), b: own('rtsp://2/') }, defaults: changed };
    const wanted = wantedCameras(config, { base: '/', mediaDir: '/' }, [camera('b'), camera('c')]);
    expect(wanted.map(({ id, name, vad }) => [id, name, vad.threshold])).toEqual([
      ['a', 'Configured', 0.8],
      ['b', 'b', 0.8],
      ['c', 'c', 0.8],
    ]);
  });
});
