import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { configuredCameras } from '../../camera/camera-plan.js';
import { cameraPatchSchema, newCameraSchema, type CameraInput } from '../../camera/camera-input.js';
import { configSchema, type Config } from '../../config/config.js';
import { AppError } from '../../errors.js';
import type { ConfigChange } from '../../config/settings.js';
import { CameraDesk } from './camera-desk.js';
import type { FleetMember } from './fleet-member.js';

const base = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'nunchi-desk-')));
mkdirSync(path.join(base, 'media'));
writeFileSync(path.join(base, 'media/lobby.mp4'), '');
writeFileSync(path.join(base, 'secret.mp4'), '');
const rules = { base, mediaDir: path.join(base, 'media') };

/** Cameras of a configuration, and one of the command line; edits are noted, not made. */
function setUp() {
  const config: Config = configSchema.parse({
    cameras: { gate: { url: 'rtsp://me:secret@10.0.0.5/s1' }, lobby: { url: 'media/lobby.mp4' } },
  });
  const edits: (readonly ConfigChange[])[] = [];
  const tried: string[] = [];
  const running = [...configuredCameras(config, rules), { id: 'typed', url: '/v.mp4' }];
  const find = (id: string): FleetMember | undefined => {
    const settings = running.find((camera) => camera.id === id);
    return settings && ({ camera: { settings } } as unknown as FleetMember);
  };
  const desk = new CameraDesk({
    settings: {
      config,
      edit(changes) {
        edits.push(changes);
        return Promise.resolve(config);
      },
    },
    fleet: {
      get: find,
      require(id) {
        const found = find(id);
        if (found !== undefined) return found;
        throw new AppError('camera.not_found', `there is no camera ${id}`);
      },
    },
    changes: { pause: () => Promise.resolve(), resume: () => Promise.resolve() },
    trials: {
      run({ url }) {
        tried.push(url);
        return Promise.resolve({ codec: 'h264', width: 1, height: 1, fps: 1, picture: new Uint8Array() });
      },
    },
    originOf: (id) => (id === 'typed' ? 'the command line' : null),
    fileRules: () => rules,
  });
  return { desk, edits, tried };
}

function input(url: string): CameraInput {
  const { id: _id, ...camera } = newCameraSchema.parse({ id: 'new', url });
  return camera;
}

const refused = { code: 'camera.url_refused', message: expect.stringMatching(/^url: /) as string };

describe('the desk for cameras', () => {
  it('adds one by an edit of the configuration, with the URL as it was given', async () => {
    const { desk, edits } = setUp();
    await desk.add('new', input('media/lobby.mp4'), 'r1');
    expect(edits).toEqual([[{ path: ['cameras', 'new'], value: { url: 'media/lobby.mp4' } }]]);
  });

  it.each(['gate', 'typed'])('adds no second %s', async (id) => {
    const { desk, edits } = setUp();
    await expect(desk.add(id, input('media/lobby.mp4'), 'r1')).rejects.toMatchObject({
      code: 'camera.exists',
    });
    expect(edits).toEqual([]);
  });

  it.each([
    'http://10.0.0.5/',
    'media/../secret.mp4',
    '/proc/self/environ',
    'concat:media/lobby.mp4',
    'media/none.mp4',
    'rtsp://***@10.0.0.5/s1',
  ])('opens no %s, whichever way it is asked', async (url) => {
    const { desk, edits, tried } = setUp();
    await expect(desk.add('new', input(url), 'r1')).rejects.toMatchObject(refused);
    await expect(desk.try({ url, transport: 'tcp' })).rejects.toMatchObject(refused);
    if (url !== 'rtsp://***@10.0.0.5/s1')
      await expect(desk.change('gate', { url }, 'r1')).rejects.toMatchObject(refused);
    expect([edits, tried]).toEqual([[], []]);
  });

  it('keeps the URL of one that comes back as it was shown, be it a password or a path', async () => {
    const { desk, edits } = setUp();
    await desk.change('gate', cameraPatchSchema.parse({ url: 'rtsp://***@10.0.0.5/s1', name: 'Gate' }), 'r1');
    expect(edits).toEqual([[{ path: ['cameras', 'gate', 'name'], value: 'Gate' }]]);
    await desk.change('lobby', { url: path.join(base, 'media/lobby.mp4') }, 'r1');
    expect(edits).toHaveLength(1);
  });

  it('leaves those of the command line alone, and says where they come from', async () => {
    const { desk, edits } = setUp();
    const readOnly = { code: 'config.read_only', message: expect.stringContaining('command line') as string };
    await expect(desk.change('typed', { name: 'x' }, 'r1')).rejects.toMatchObject(readOnly);
    await expect(desk.remove('typed', 'r1')).rejects.toMatchObject(readOnly);
    expect([desk.isEditable('typed'), desk.isEditable('gate')]).toEqual([false, true]);
    expect(desk.originOf('typed')).not.toBe(desk.originOf('gate'));
    expect(desk.originOf('gate')).toBe('the configuration file');
    expect(edits).toEqual([]);
  });

  it('removes one by an edit, and knows those that there are not', async () => {
    const { desk, edits } = setUp();
    await desk.remove('gate', 'r1');
    expect(edits).toEqual([[{ path: ['cameras', 'gate'], value: undefined }]]);
    await expect(desk.remove('none', 'r1')).rejects.toMatchObject({ code: 'camera.not_found' });
  });
});
