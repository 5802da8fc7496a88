import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { decodeSchema } from '../../src/camera/decode-config.js';
import { packagePath } from '../../src/paths.js';
import { CameraThread } from '../support/camera-thread.js';
import { loadCodedClip } from '../support/coded-clip.js';
import { ffmpegChildren, hasFfmpeg } from '../support/ffmpeg.js';
import { makeClip } from '../support/make-clip.js';
import { temporaryDir } from '../support/product.js';
import { RtspServer } from '../support/rtsp-server.js';

const folder = temporaryDir('ffmpeg-backend');
const clip = path.join(folder, 'clip.mp4');
const gate = '/gate';
let server: RtspServer;
let camera: CameraThread;

beforeAll(async () => {
  makeClip(clip, { seconds: 2, fps: 10, gop: 10 });
  server = new RtspServer({ [gate]: loadCodedClip(clip) });
  await server.listen();
});

afterAll(async () => {
  await server.close();
});

afterEach(async () => {
  server.stall(gate, false);
  await camera.stop();
  expect(ffmpegChildren()).toEqual([]);
});

/** A program that behaves as `script` says, in ffmpeg's place. */
function programOf(name: string, script: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

const thread = (decode: Record<string, unknown>): CameraThread =>
  new CameraThread({ decode: decodeSchema.parse({ backend: 'ffmpeg', ...decode }) });

describe('a program in the place of ffmpeg', () => {
  it.each([
    ['is not there', () => path.join(folder, 'none')],
    [
      'may not be run',
      () => {
        const file = programOf('plain', 'exit 0');
        chmodSync(file, 0o644);
        return file;
      },
    ],
  ])('that %s is named with the setting that names it', async (_what, program) => {
    camera = thread({ ffmpeg: program() });
    await expect(camera.open(clip)).rejects.toMatchObject({
      code: 'camera.decoder_missing',
      message: expect.stringMatching(/decode\.backend is ffmpeg.*install ffmpeg.*decode\.ffmpeg/) as string,
    });
  });

  it('that talks without end is bounded, and the last of what it said is shown', async () => {
    const program = programOf(
      'talkative',
      'i=0; while [ $i -lt 3000 ]; do echo "[error] line $i $(printf %0500d 7)" >&2; i=$((i+1)); done; exit 3',
    );
    camera = thread({ ffmpeg: program });
    const error: unknown = await camera.open(clip).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'camera.open_failed' });
    expect(String(error)).toContain('line 2999');
    expect(JSON.stringify(error).length).toBeLessThan(2_000);
  });
});

describe.skipIf(!hasFfmpeg)('a camera decoded by ffmpeg', () => {
  it('shows its password neither in the list of processes nor in what is said when it is killed', async () => {
    camera = thread({});
    await camera.open(server.url(gate, "oper'ator:open sesame@"));
    const [child, ...others] = ffmpegChildren();
    expect(others).toEqual([]);
    expect(child?.command).toContain('concat');
    expect(child?.command).not.toMatch(/oper|sesame/);
    process.kill(child?.pid ?? 0, 'SIGKILL');
    const { error } = await camera.closed();
    expect(error).toMatchObject({ code: 'camera.stream_ended' });
    expect(error?.message).toContain('SIGKILL');
    expect(JSON.stringify(error)).not.toMatch(/oper'|sesame/);
  });

  it('loses a file, too, when its child is killed, and opens it again', async () => {
    camera = thread({});
    await camera.open(clip, { loop: true });
    process.kill(ffmpegChildren()[0]?.pid ?? 0, 'SIGKILL');
    expect((await camera.closed()).error).toMatchObject({ code: 'camera.stream_ended' });
    expect(ffmpegChildren()).toEqual([]);
    await camera.open(clip, { loop: true });
    expect(ffmpegChildren()).toHaveLength(1);
  });

  it('stops within a second while it waits for a camera that is silent', async () => {
    camera = thread({});
    await camera.open(server.url(gate));
    server.stall(gate, true);
    await camera.until(() => camera.vadFrames.length >= 1);
    const startedMs = performance.now();
    await camera.stop();
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });

  it('stops within a second while a camera is being opened that does not answer', async () => {
    server.stall(gate, true);
    camera = thread({});
    const opening = camera.open(server.url(gate)).catch((error: unknown) => error);
    while (ffmpegChildren().length === 0) await camera.thread.call('setLive', [null], 1_000);
    const startedMs = performance.now();
    await camera.stop();
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    expect(await opening).toBeInstanceOf(Error);
  });

  it('links nothing of FFmpeg into the process', () => {
    const program = `
      const { newDecoder } = await import(${JSON.stringify(packagePath('dist/workers/decode/decoder-backend.js'))});
      const { systemClock } = await import(${JSON.stringify(packagePath('dist/clock.js'))});
      const { readFileSync } = await import('node:fs');
      const settings = { backend: process.argv[1], hardware: 'none', ffmpeg: 'ffmpeg' };
      const decoder = await newDecoder(settings, systemClock);
      await decoder.open({ url: process.argv[2], transport: 'tcp', loop: false });
      for (;;) {
        const step = await decoder.next();
        if (step.type === 'frame') step.frame.toJpeg({ width: 64, quality: 75, prefixBytes: 0 });
        if (step.type === 'end') break;
      }
      await decoder.close();
      console.log(/node-av|libav/.test(readFileSync('/proc/self/maps', 'utf8')));
    `;
    const links = (backend: string): string =>
      spawnSync(process.execPath, ['--input-type=module', '-e', program, backend, clip], {
        encoding: 'utf8',
      }).stdout.trim();
    camera = thread({});
    expect([links('av'), links('ffmpeg')]).toEqual(['true', 'false']);
  });
});

/** Where there is a graphics unit, there is nothing to fall back from. */
const hasGraphics = existsSync('/dev/dri') || existsSync('/dev/nvidiactl');

describe.each([
  { backend: 'av', hardware: 'cuda' },
  { backend: 'av', hardware: 'vaapi' },
  { backend: 'ffmpeg', hardware: 'cuda' },
  { backend: 'ffmpeg', hardware: 'vaapi' },
])('decoding by $hardware and $backend on a machine that has none', ({ backend, hardware }) => {
  const isHere = !hasGraphics && (backend === 'av' || hasFfmpeg);

  it.skipIf(!isHere)('goes on by the CPU and says so', async () => {
    camera = thread({ backend, hardware });
    const info = await camera.open(clip);
    expect(info).toMatchObject({ width: 320, height: 240, codec: 'h264' });
    expect(info.warning).toMatch(new RegExp(`decode\\.hardware is ${hardware}, which does not work here`));
    await camera.until(() => camera.vadFrames.length >= 3);
  });

  it.skipIf(!isHere)('blames the file that is not there, not the hardware', async () => {
    camera = thread({ backend, hardware });
    await expect(camera.open(path.join(folder, 'none.mp4'))).rejects.toMatchObject({
      code: 'camera.open_failed',
      message: expect.stringContaining('No such file') as string,
    });
  });
});
