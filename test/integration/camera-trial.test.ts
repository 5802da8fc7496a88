import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultDecode } from '../../src/camera/decode-config.js';
import { CameraTrials } from '../../src/actors/cameras/camera-trial.js';
import type { Child } from '../../src/actors/kernel/supervisor.js';
import { systemClock } from '../../src/clock.js';
import { workerEntry } from '../../src/paths.js';
import { makeClip } from '../support/make-clip.js';

const folder = mkdtempSync(path.join(tmpdir(), 'nunchi-trial-'));
const clip = path.join(folder, 'clip.mp4');
const playlist = path.join(folder, 'playlist.mp4');
const transport = 'tcp';

/** Takes connections and says nothing. */
let silent: Server;
let trials: CameraTrials;
let child: Child;

beforeAll(async () => {
  makeClip(clip, { seconds: 1 });
  writeFileSync(playlist, '#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nclip.mp4\n#EXT-X-ENDLIST\n');
  silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
});

afterAll(() => {
  silent.close();
  rmSync(folder, { recursive: true });
});

beforeEach(async () => {
  trials = new CameraTrials({ decode: defaultDecode, clock: systemClock, entry: workerEntry('camera') });
  child = await trials.start();
});

afterEach(async () => {
  await child.stop(10_000);
  expect(await child.exited).toBeNull();
});

describe('a stream that is tried', { timeout: 30_000 }, () => {
  it('tells what it is and shows its first picture', async () => {
    const { picture, ...info } = await trials.run({ url: clip, transport });
    expect(info).toEqual({ codec: 'h264', width: 320, height: 240, fps: 25 });
    expect(Buffer.from(picture.subarray(0, 2)).toString('hex')).toBe('ffd8');
    expect(Buffer.from(picture.subarray(-2)).toString('hex')).toBe('ffd9');
    expect(picture.byteLength).toBeLessThan(100_000);
  });

  it('is refused when it is a playlist in disguise, or not there', async () => {
    const refused = { code: 'camera.open_failed' };
    await expect(trials.run({ url: playlist, transport })).rejects.toMatchObject(refused);
    await expect(trials.run({ url: 'rtsp://127.0.0.1:9/s1', transport })).rejects.toMatchObject(refused);
  });

  it('that never answers is given up within 10 s, and its password is not told', async () => {
    const { port } = silent.address() as AddressInfo;
    const startedMs = performance.now();
    const url = `rtsp://me:hunter2@127.0.0.1:${port}/s1`;
    const error: unknown = await trials.run({ url, transport }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: expect.stringMatching(/^camera\./) as string });
    expect(String(error)).not.toContain('hunter2');
    expect(performance.now() - startedMs).toBeLessThan(11_000);
  });

  it('is the third of two that run, and has to wait', async () => {
    const two = [trials.run({ url: clip, transport }), trials.run({ url: clip, transport })];
    await expect(trials.run({ url: clip, transport })).rejects.toMatchObject({ kind: 'overloaded' });
    await Promise.all(two);
  });

  it('is none once the service stops', async () => {
    await child.stop(1_000);
    await expect(trials.run({ url: clip, transport })).rejects.toMatchObject({ code: 'service.stopping' });
  });
});
