import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnomalyEvent } from '../../src/event.js';
import type { CameraCounters } from '../../src/protocol/camera.js';
import { loadCodedClip } from '../support/coded-clip.js';
import { makeClip } from '../support/make-clip.js';
import { probeClip } from '../support/probe-clip.js';
import { eventually, Product, temporaryDir } from '../support/product.js';
import { RtspServer } from '../support/rtsp-server.js';

const hasFfprobe = spawnSync('ffprobe', ['-version']).error === undefined;
/** Of the clip: as long before the event as after it. */
const AROUND_S = 1;
const FPS = 10;
const GOP_S = 1;

let server: RtspServer;
let product: Product;
let event: AnomalyEvent;
/** The clip as the API serves it. */
let clip: string;

beforeAll(async () => {
  const dir = temporaryDir('h265');
  const source = path.join(dir, 'source.mp4');
  makeClip(source, { seconds: 3, fps: FPS, gop: GOP_S * FPS, codec: 'h265' });
  server = new RtspServer({ '/gate': loadCodedClip(source) });
  await server.listen();
  const config = {
    cameras: { gate: { url: server.url('/gate') } },
    clips: { pre_s: AROUND_S, post_s: AROUND_S },
    vlm: { enabled: false },
    agent: { enabled: false },
  };
  const file = path.join(dir, 'config.yaml');
  writeFileSync(file, JSON.stringify(config));
  product = await Product.start(['--config', file, '--data-dir', path.join(dir, 'data')]);
  // Past the first GOP of the connection: FFmpeg knows no time of its first picture.
  await eventually(
    async () => {
      const { cameras } = await product.get<{ cameras: { gate: CameraCounters | null } }>('/api/stats');
      return (cameras.gate?.ringSeconds ?? 0) > 2 * GOP_S + AROUND_S || undefined;
    },
    `some seconds of the stream in\n${product.log}`,
    20_000,
  );
  const { data } = await product.api.POST('/api/events', { body: { camera: 'gate', label: 'fall' } });
  event = await eventually(
    async () => (await product.events()).find(({ id, has_clip }) => id === data?.id && has_clip),
    `a clip in\n${product.log}`,
    20_000,
  );
  const reply = await fetch(`${product.url}/api/events/${event.id}/clip.mp4`);
  expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'video/mp4']);
  clip = path.join(dir, 'clip.mp4');
  writeFileSync(clip, Buffer.from(await reply.arrayBuffer()));
}, 60_000);

afterAll(async () => {
  await product.stop();
  await server.close();
});

describe('the clip of an H.265 camera over RTSP', () => {
  it('is what the camera sent, named so that players know it, and every picture of it can be decoded', () => {
    expect(event.data).toMatchObject({ clip_codec: 'hevc' });
    const { tag, seconds, packets, pictures, corrupt, boxes } = probeClip(clip);
    expect([tag, corrupt, pictures]).toEqual(['hvc1', 0, packets.length]);
    expect(boxes.indexOf('moov')).toBeLessThan(boxes.indexOf('mdat'));
    expect(packets[0]).toMatchObject({ key: true, pts: 0 });
    expect(seconds).toBeGreaterThan(AROUND_S);
    expect(seconds).toBeLessThan(2 * AROUND_S + GOP_S + 1);
  });

  it.skipIf(!hasFfprobe)('is valid for ffprobe, which finds nothing to complain about', () => {
    const shown = ['-show_entries', 'stream=codec_name,codec_tag_string,width,height', '-count_frames'];
    const args = ['-v', 'warning', '-of', 'json', ...shown, clip];
    const { status, stdout, stderr } = spawnSync('ffprobe', args, { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    const { streams } = JSON.parse(stdout) as { streams: unknown[] };
    expect(streams).toEqual([{ codec_name: 'hevc', codec_tag_string: 'hvc1', width: 320, height: 240 }]);
  });
});
