import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { backends } from '../support/backends.js';
import { CameraThread } from '../support/camera-thread.js';
import { loadCodedClip } from '../support/coded-clip.js';
import { ffmpegChildren } from '../support/ffmpeg.js';
import { makeClip } from '../support/make-clip.js';
import { RtspServer } from '../support/rtsp-server.js';

const folder = mkdtempSync(join(tmpdir(), 'nunchi-rtsp-'));
const path = '/gate';
const credentials = 'operator:open-sesame@';

let server: RtspServer;
let camera: CameraThread;

beforeAll(async () => {
  const file = join(folder, 'clip.mp4');
  makeClip(file, { seconds: 2, fps: 10, gop: 10 });
  server = new RtspServer({ [path]: loadCodedClip(file) });
  await server.listen();
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

async function openAndWatch(): Promise<void> {
  await camera.open(server.url(path, credentials));
  await camera.until(() => camera.vadFrames.length >= 3);
}

describe.each(backends)('an RTSP camera, decoded by $backend', ({ decode, isHere }) => {
  if (!isHere) {
    it.skip('needs ffmpeg 5.1 or newer');
    return;
  }

  beforeEach(() => {
    camera = new CameraThread({ decode });
  });

  afterEach(async () => {
    server.stall(path, false);
    server.unlock(path);
    await camera.stop();
    expect(ffmpegChildren()).toEqual([]);
  });

  it('is decoded as it comes, beyond the loop of its clip, with the time of arrival', async () => {
    const info = await camera.open(server.url(path));
    expect(info).toMatchObject({ width: 320, height: 240, codec: 'h264' });
    await camera.until(() => camera.vadFrames.length >= 15);
    const frames = camera.vadFrames;
    const steps = frames.slice(1).map(({ ptsUs }, index) => ptsUs - (frames[index]?.ptsUs ?? 0));
    expect(Math.min(...steps)).toBeGreaterThan(0);
    expect(Math.abs((frames.at(-1)?.wallTime ?? 0) - Date.now() / 1000)).toBeLessThan(1);
    expect(camera.of('progress').at(-1)?.counters).toMatchObject({ corruptPackets: 0, vadFramesDropped: 0 });
  });

  it('that stalls is noticed within 7 s, and shows no credentials', async () => {
    await openAndWatch();
    server.stall(path, true);
    const stalledMs = performance.now();
    const { error } = await camera.closed();
    const noticedMs = performance.now() - stalledMs;
    expect(error).toMatchObject({ code: 'camera.stalled' });
    expect(noticedMs).toBeGreaterThan(4500);
    expect(noticedMs).toBeLessThan(7000);
    expect(JSON.stringify(error)).not.toMatch(/operator|open-sesame/);
  });

  it('that stalls for a moment only goes on', async () => {
    await openAndWatch();
    server.stall(path, true);
    const progress = camera.of('progress').length;
    // Answered only once the blocked read has timed out.
    await camera.thread.call('setLive', [null], 4000);
    server.stall(path, false);
    await camera.until(() => camera.of('progress').length >= progress + 2);
    expect(camera.of('closed')).toEqual([]);
  });

  it('that stalls does not hold up a stop for more than 3 s', async () => {
    await openAndWatch();
    server.stall(path, true);
    const startedMs = performance.now();
    await camera.stop();
    expect(performance.now() - startedMs).toBeLessThan(3000);
  });

  it('that cuts the connection ends the session', async () => {
    await openAndWatch();
    server.drop(path);
    const { error } = await camera.closed();
    expect(error).toMatchObject({ code: 'camera.stream_ended' });
    expect(JSON.stringify(error)).not.toMatch(/operator|open-sesame/);
  });

  it('comes back on the same port after a restart', async () => {
    await openAndWatch();
    await server.close();
    await camera.closed();
    await server.listen();
    camera.vadFrames.length = 0;
    await openAndWatch();
  });

  it('that wants another password is told apart from one that refuses, lacks the path or the transport', async () => {
    server.lock(path);
    const url = server.url(path, credentials);
    await expect(camera.open(url)).rejects.toMatchObject({ code: 'camera.unauthorized' });
    server.unlock(path);
    await expect(camera.open(server.url('/none'))).rejects.toMatchObject({ code: 'camera.open_failed' });
    await expect(camera.open(url, { transport: 'udp' })).rejects.toMatchObject({
      code: 'camera.open_failed',
    });
    await server.close();
    const refused = await camera.open(url).catch((error: unknown) => error);
    await server.listen();
    expect(refused).toMatchObject({ code: 'camera.open_failed', data: { reason: 'Connection refused' } });
    expect(String(refused)).not.toMatch(/operator|open-sesame/);
  });

  it('shares its server with others', async () => {
    const other = new CameraThread({ decode });
    await other.open(server.url(path));
    await openAndWatch();
    expect(server.playing).toBe(2);
    await other.stop();
    const frames = camera.vadFrames.length;
    await camera.until(() => camera.vadFrames.length >= frames + 3);
  });
});
