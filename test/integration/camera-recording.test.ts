import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RecordedClip } from '../../src/protocol/camera.js';
import { backends } from '../support/backends.js';
import { CameraThread } from '../support/camera-thread.js';
import { loadCodedClip } from '../support/coded-clip.js';
import { makeClip } from '../support/make-clip.js';
import { probeClip, type ProbedClip } from '../support/probe-clip.js';
import { temporaryDir } from '../support/product.js';
import { RtspServer } from '../support/rtsp-server.js';

const stream = '/gate';
const h265Stream = '/gate-h265';
let folder: string;
let server: RtspServer;
let camera: CameraThread;

beforeAll(async () => {
  const coded = (codec: 'h264' | 'h265') => {
    const file = path.join(temporaryDir('camera-recording'), 'clip.mp4');
    makeClip(file, { seconds: 2, fps: 10, gop: 10, codec });
    return loadCodedClip(file);
  };
  server = new RtspServer({ [stream]: coded('h264'), [h265Stream]: coded('h265') });
  await server.listen();
});

afterAll(async () => {
  await server.close();
});

beforeEach(() => {
  folder = temporaryDir('camera-recording');
});

async function openAt(url: string, seconds: number): Promise<void> {
  await camera.open(url, { loop: true });
  await camera.until(() => (camera.vadFrames.at(-1)?.ptsUs ?? 0) >= seconds * 1e6);
}

const fileOf = (id: string): string => path.join(folder, `${id}.mp4`);

function record(id: string): Promise<RecordedClip> {
  const startUs = camera.vadFrames.at(-1)?.ptsUs ?? NaN;
  const clip = camera.thread.call(
    'recordClip',
    [{ id, file: fileOf(id), startUs, preS: 1, maxS: 60 }],
    20_000,
  );
  clip.catch(() => undefined);
  return clip;
}

const end = (id: string, postS: number): Promise<void> => {
  const lastUs = camera.vadFrames.at(-1)?.ptsUs ?? NaN;
  return camera.thread.call('endClip', [id, lastUs, postS], 5_000);
};

function expectToPlay({ packets, boxes, corrupt, pictures }: ProbedClip): void {
  expect(boxes.indexOf('moov')).toBeLessThan(boxes.indexOf('mdat'));
  expect(packets[0]).toMatchObject({ key: true, pts: 0 });
  packets.forEach(({ dts, pts }, index) => {
    expect(pts).toBeGreaterThanOrEqual(dts);
    if (index > 0) expect(dts).toBeGreaterThan(packets[index - 1]?.dts ?? NaN);
  });
  expect(corrupt).toBe(0);
  expect(pictures).toBe(packets.length);
}

describe.each(backends)("a clip of a camera's stream, decoded by $backend", ({ decode, isHere }) => {
  if (!isHere) {
    it.skip('needs ffmpeg 5.1 or newer');
    return;
  }

  beforeEach(() => {
    camera = new CameraThread({ decode });
  });

  afterEach(async () => {
    await camera.stop();
  });

  it.each([
    ['h264', stream],
    ['hevc', h265Stream],
  ])(
    'of %s over RTSP goes from before the event to after it, over the loop of what is sent',
    async (name, at) => {
      await openAt(server.url(at), 1.5);
      const clip = record('event');
      await camera.until(() => (camera.vadFrames.at(-1)?.ptsUs ?? 0) >= 2.5e6);
      await end('event', 1);
      const { codec, seconds } = await clip;
      expect(codec).toBe(name);
      // From a second before it, or the keyframe before that, to two seconds after, give or take the packets on their way.
      expect(seconds).toBeGreaterThan(2.5);
      expect(seconds).toBeLessThan(4.5);
      const found = probeClip(fileOf('event'));
      expectToPlay(found);
      expect(found.seconds).toBeCloseTo(seconds, 0);
    },
  );

  it('keeps what there is of it when the connection breaks off', async () => {
    await openAt(server.url(stream), 1.5);
    const clip = record('event');
    await camera.until(() => (camera.vadFrames.at(-1)?.ptsUs ?? 0) >= 2e6);
    server.drop(stream);
    expect((await clip).seconds).toBeGreaterThan(1);
    expect((await camera.closed()).error).toMatchObject({ code: 'camera.stream_ended' });
    expectToPlay(probeClip(fileOf('event')));
  });

  it('is completed when the thread is asked to stop', async () => {
    await openAt(server.url(stream), 1.5);
    const clip = record('event');
    await camera.thread.stop(10_000);
    expect((await clip).codec).toBe('h264');
    expect(readdirSync(folder)).toEqual(['event.mp4']);
    expectToPlay(probeClip(fileOf('event')));
  });

  it('is of its own length for each of two events at once', async () => {
    const file = path.join(folder, 'source.mp4');
    makeClip(file, { seconds: 2, fps: 10, gop: 10, codec: 'h265' });
    await openAt(file, 1);
    const [first, second] = [record('first'), record('second')];
    await end('first', 0);
    await first;
    await camera.until(() => (camera.vadFrames.at(-1)?.ptsUs ?? 0) >= 2.5e6);
    await end('second', 0);
    expect((await second).seconds).toBeGreaterThan((await first).seconds + 0.5);
    for (const id of ['first', 'second']) expectToPlay(probeClip(fileOf(id)));
  });

  it('is refused while there is no stream', async () => {
    await expect(record('event')).rejects.toMatchObject({ code: 'camera.not_streaming' });
  });
});
