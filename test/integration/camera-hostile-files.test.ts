import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { backends } from '../support/backends.js';
import { CameraThread } from '../support/camera-thread.js';
import { makeBareStream, makeClip } from '../support/make-clip.js';

const SEEDS = 30;
const folder = mkdtempSync(join(tmpdir(), 'nunchi-hostile-'));
const clip = join(folder, 'clip.mp4');
const bareStream = join(folder, 'clip.h264');

beforeAll(() => {
  makeClip(clip, { seconds: 0.5 });
  makeBareStream(bareStream, [{ seconds: 0.5 }]);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

let camera: CameraThread;

function write(name: string, content: string | Buffer): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

/** The file with some of its end missing and some of its bytes changed, the same for the same seed. */
function damaged(file: string, seed: number): Buffer {
  let state = seed * 2654435761 + 1;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const content = readFileSync(file);
  const kept = seed % 3 === 0 ? content.subarray(0, 1 + random(content.length)) : content;
  for (let flips = 1 + random(40); flips > 0; flips -= 1) kept[random(kept.length)] = random(256);
  return kept;
}

describe.each(backends)('a file that cannot be trusted, decoded by $backend', ({ decode, isHere }) => {
  if (!isHere) {
    it.skip('needs ffmpeg 5.1 or newer');
    return;
  }

  beforeEach(() => {
    camera = new CameraThread({ decode, vadFps: 25 });
  });

  afterEach(async () => {
    await camera.stop();
    expect((await camera.thread.exited).error).toBeNull();
  });

  it(
    `ends in an error or in part, never in a crash: ${SEEDS} damaged files`,
    { timeout: 40_000 },
    async () => {
      let played = 0;
      for (let seed = 0; seed < SEEDS; seed += 1) {
        const source = seed % 2 === 0 ? clip : bareStream;
        const file = write(`damaged-${seed}`, damaged(source, seed));
        camera.messages.length = 0;
        const opened = await camera.open(file).catch((error: unknown) => error);
        if (opened instanceof Error) {
          expect(opened).toMatchObject({ code: expect.stringMatching(/^camera\./) as string });
          continue;
        }
        const { error } = await camera.closed();
        if (error === null) played += 1;
        else expect(error.code).toMatch(/^camera\./);
      }
      expect(played).toBeGreaterThan(0);
      expect(camera.vadFrames.length).toBeGreaterThan(0);
    },
  );

  it.each([
    ['an HLS playlist', '#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nclip.mp4\n#EXT-X-ENDLIST\n'],
    ['a concat script', "ffconcat version 1.0\nfile 'clip.mp4'\n"],
    [
      'an SDP description',
      'v=0\no=- 1 1 IN IP4 127.0.0.1\ns=x\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n',
    ],
    ['nothing', ''],
    ['noise', Buffer.alloc(5000, 7)],
  ])('is refused when it is %s named .mp4', async (_name, content) => {
    const file = write('disguised.mp4', content);
    await expect(camera.open(file)).rejects.toMatchObject({ code: 'camera.open_failed' });
  });

  it.each([
    'concat:/a|/b',
    'http://127.0.0.1:9/clip.mp4',
    'subfile,,start,0,end,0,,:/etc/hostname',
    '/',
    '/none.mp4',
  ])('is refused as %s', async (url) => {
    await expect(camera.open(url)).rejects.toMatchObject({ code: 'camera.open_failed' });
  });

  it('is refused at its next loop when it became a playlist meanwhile', async () => {
    const file = write('swapped.mp4', readFileSync(clip));
    await camera.open(file, { loop: true });
    renameSync(write('playlist', '#EXTM3U\n#EXTINF:4,\nhttp://127.0.0.1:9/clip.mp4\n#EXT-X-ENDLIST\n'), file);
    expect((await camera.closed()).error).toMatchObject({ code: 'camera.open_failed' });
  });

  it('that plays nothing but loops is given up', async () => {
    const file = write('no-keyframe.h264', readFileSync(bareStream).subarray(0, 64));
    const opened = await camera.open(file, { loop: true }).catch((error: unknown) => error);
    if (!(opened instanceof Error)) {
      expect((await camera.closed()).error).toMatchObject({ code: 'camera.stream_ended' });
    } else expect(opened).toMatchObject({ code: 'camera.open_failed' });
  });
});
