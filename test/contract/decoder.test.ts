import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decodeSchema } from '../../src/camera/decode-config.js';
import { systemClock } from '../../src/clock.js';
import { AppError } from '../../src/errors.js';
import { newDecoder } from '../../src/workers/decode/decoder-backend.js';
import type { DecodedFrame, Decoder, EncodedPacket } from '../../src/workers/decode/decoder.js';
import { backends } from '../support/backends.js';
import { ffmpegChildren, hasFfmpeg } from '../support/ffmpeg.js';
import { makeBareStream, makeClip } from '../support/make-clip.js';
import { probeClip } from '../support/probe-clip.js';
import { temporaryDir } from '../support/product.js';

const GRAY = { width: 64, height: 48 };
const folder = temporaryDir('decoder');
const clip = path.join(folder, 'clip.mp4');
const bare = path.join(folder, 'clip.h264');
const odd = path.join(folder, 'odd.mp4');
const h265 = path.join(folder, 'h265.mp4');
const changing = path.join(folder, 'changing.h264');

beforeAll(() => {
  makeClip(clip, { seconds: 2, fps: 10, gop: 10 });
  makeClip(odd, { width: 322, height: 182, seconds: 1, fps: 10, gop: 5 });
  makeClip(h265, { seconds: 1, fps: 10, gop: 5, codec: 'h265' });
  makeBareStream(bare, [{ seconds: 1, fps: 10 }]);
  makeBareStream(changing, [
    { seconds: 1, fps: 10 },
    { seconds: 1, fps: 10, width: 160, height: 96 },
  ]);
});

interface Played {
  /** Of each frame. */
  frames: { atUs: number; width: number; height: number; gray: Uint8Array }[];
  packets: { atUs: number; key: boolean; bytes: number }[];
  corrupt: number;
}

/** Reads to the end; `onFrame` has the frame for as long as it runs. */
async function play(
  decoder: Decoder,
  onFrame: (frame: DecodedFrame) => void = () => undefined,
): Promise<Played> {
  const played: Played = { frames: [], packets: [], corrupt: 0 };
  for (;;) {
    const step = await decoder.next();
    if (step.type === 'end') return played;
    if (step.type === 'corrupt') played.corrupt += 1;
    if (step.type === 'packet') {
      const { ptsUs, key, bytes } = step.packet;
      played.packets.push({ atUs: ptsUs, key, bytes });
      step.packet.free();
    }
    if (step.type !== 'frame') continue;
    const { ptsUs, width, height } = step.frame;
    const pixels = new ArrayBuffer(GRAY.width * GRAY.height);
    step.frame.toGray(pixels, GRAY.width, GRAY.height);
    played.frames.push({ atUs: ptsUs, width, height, gray: new Uint8Array(pixels) });
    onFrame(step.frame);
  }
}

async function playFile(decoder: Decoder, url: string): Promise<Played> {
  await decoder.open({ url, transport: 'tcp', loop: false });
  return play(decoder);
}

const meanDifference = (one: Uint8Array, other: Uint8Array): number =>
  one.reduce((sum, value, i) => sum + Math.abs(value - (other[i] ?? 0)), 0) / one.length;

/** A JPEG's picture, by the other library. */
async function decodeJpeg(jpeg: ArrayBuffer): Promise<Played['frames'][number] | undefined> {
  const { Codec, CodecContext, Frame, Packet } = await import('node-av/lib');
  const { AV_CODEC_ID_MJPEG } = await import('node-av/constants');
  const { AvConverters, AvFrame } = await import('../../src/workers/decode/av-frame.js');
  const context = new CodecContext();
  const codec = Codec.findDecoder(AV_CODEC_ID_MJPEG);
  if (codec === null) throw new Error('no decoder for JPEG');
  context.allocContext3(codec);
  context.open2Sync(codec, null);
  const packet = new Packet();
  packet.alloc();
  packet.data = Buffer.from(jpeg);
  const frame = new Frame();
  frame.alloc();
  const converters = new AvConverters();
  try {
    if (context.sendPacketSync(packet) < 0 || context.receiveFrameSync(frame) < 0) return undefined;
    const gray = new ArrayBuffer(GRAY.width * GRAY.height);
    new AvFrame(frame, 0, converters).toGray(gray, GRAY.width, GRAY.height);
    return { atUs: 0, width: frame.width, height: frame.height, gray: new Uint8Array(gray) };
  } finally {
    frame.free();
    packet.free();
    context.freeContext();
    converters.free();
  }
}

describe.each(backends)('the decoder backend $backend', ({ backend, decode, isHere }) => {
  let decoder: Decoder;

  beforeEach(async () => {
    decoder = await newDecoder(decode, systemClock);
  });

  afterEach(async () => {
    await decoder.close();
    await expect.poll(ffmpegChildren).toEqual([]);
  });

  const needsFfmpeg = it.skipIf(!isHere);

  needsFfmpeg('tells what a file is', async () => {
    expect(await decoder.open({ url: clip, transport: 'tcp', loop: false })).toEqual({
      width: 320,
      height: 240,
      fps: 10,
      codec: 'h264',
    });
  });

  needsFfmpeg.each([
    ['an MP4 file with B-frames', clip, 20],
    ['a picture whose sides are no multiple of 16', odd, 10],
    ['H.265', h265, 10],
  ])('gives every frame of %s, in order and at its distance', async (_what, file, count) => {
    const { frames, packets, corrupt } = await playFile(decoder, file);
    expect(frames).toHaveLength(count);
    expect(packets).toHaveLength(count);
    expect(packets[0]?.key).toBe(true);
    expect(corrupt).toBe(0);
    const distances = frames.slice(1).map(({ atUs }, i) => atUs - (frames[i]?.atUs ?? 0));
    for (const distance of distances) expect(Math.abs(distance - 100_000)).toBeLessThan(50_000);
    const sorted = packets.map(({ atUs }) => atUs).toSorted((a, b) => a - b);
    expect(packets.map(({ atUs }) => atUs)).toEqual(sorted);
  });

  needsFfmpeg('gives every frame of a bare stream, which tells no times, in order', async () => {
    const { frames } = await playFile(decoder, bare);
    const times = frames.map(({ atUs }) => atUs);
    expect(times).toHaveLength(10);
    expect(times.slice(1).every((atUs, i) => atUs > (times[i] ?? Infinity))).toBe(true);
    expect((times[9] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(500_000);
  });

  needsFfmpeg('shows what was drawn: a bright square on its way over a dark ground', async () => {
    const { frames } = await playFile(decoder, clip);
    const bright = (gray: Uint8Array): number => {
      const columns = [...gray].flatMap((value, i) => (value > 180 ? [i % GRAY.width] : []));
      return columns.reduce((sum, column) => sum + column, 0) / columns.length;
    };
    const way = frames.map(({ gray }) => bright(gray));
    expect(way[0]).toBeCloseTo(5.5, 0);
    expect(way[19]).toBeCloseTo(5.5 + (19 / 10) * (64 / 3), 0);
  });

  needsFfmpeg('gives pictures of every kind that show the same', async () => {
    await decoder.open({ url: odd, transport: 'tcp', loop: false });
    const jpegs: ArrayBuffer[] = [];
    const others: { width: number; height: number; rgb: number; small: number }[] = [];
    const { frames } = await play(decoder, (frame) => {
      const jpeg = frame.toJpeg({ width: 200, quality: 90, prefixBytes: 24 });
      expect(jpeg).toMatchObject({ width: 200, height: 112 });
      jpegs.push(jpeg.buffer);
      const rgb = frame.toRgb(160);
      const small = frame.shrunk(160);
      const pixels = new ArrayBuffer(GRAY.width * GRAY.height);
      small.toGray(pixels, GRAY.width, GRAY.height);
      const mean = (values: Uint8Array): number =>
        values.reduce((sum, value) => sum + value, 0) / values.length;
      others.push({
        width: rgb.width,
        height: rgb.height,
        rgb: mean(rgb.pixels),
        small: mean(new Uint8Array(pixels)),
      });
      small.free();
    });
    for (const [i, frame] of frames.entries()) {
      const shown = await decodeJpeg((jpegs[i] ?? new ArrayBuffer(24)).slice(24));
      expect(shown).toMatchObject({ width: 200, height: 112 });
      expect(meanDifference(shown?.gray ?? GRAY_NONE, frame.gray)).toBeLessThan(2.5);
      const mean = frame.gray.reduce((sum, value) => sum + value, 0) / frame.gray.length;
      expect(others[i]).toMatchObject({ width: 160, height: 90 });
      expect(Math.abs((others[i]?.rgb ?? 0) - mean)).toBeLessThan(3);
      expect(Math.abs((others[i]?.small ?? 0) - mean)).toBeLessThan(3);
    }
  });

  needsFfmpeg('keeps a frame for whoever holds it, while others follow', async () => {
    await decoder.open({ url: clip, transport: 'tcp', loop: false });
    const kept: DecodedFrame[] = [];
    const { frames } = await play(decoder, (frame) => kept.push(frame.keep()));
    for (const [i, frame] of kept.entries()) {
      const pixels = new ArrayBuffer(GRAY.width * GRAY.height);
      frame.toGray(pixels, GRAY.width, GRAY.height);
      expect(new Uint8Array(pixels)).toEqual(frames[i]?.gray);
      expect(frame.ptsUs).toBe(frames[i]?.atUs);
      frame.free();
    }
  });

  needsFfmpeg('goes on in time when the file starts over', async () => {
    const first = await playFile(decoder, clip);
    await decoder.rewind();
    const second = await play(decoder);
    expect(second.frames).toHaveLength(20);
    const gap = (second.frames[0]?.atUs ?? 0) - (first.frames.at(-1)?.atUs ?? 0);
    expect(gap).toBeGreaterThan(0);
    expect(gap).toBeLessThan(400_000);
    expect(second.packets[0]?.atUs).toBeGreaterThanOrEqual(first.packets.at(-1)?.atUs ?? Infinity);
  });

  needsFfmpeg('follows a stream whose pictures change their size', async () => {
    const { frames } = await playFile(decoder, changing);
    const sizes = frames.map(({ width, height }) => `${width}x${height}`);
    expect(sizes.filter((size) => size === '320x240')).toHaveLength(10);
    expect(sizes.filter((size) => size === '160x96').length).toBeGreaterThanOrEqual(9);
  });

  needsFfmpeg('writes a clip of the packets that plays', async () => {
    await decoder.open({ url: clip, transport: 'tcp', loop: false });
    const packets: EncodedPacket[] = [];
    let step = await decoder.next();
    while (step.type !== 'end') {
      if (step.type === 'packet') packets.push(step.packet);
      step = await decoder.next();
    }
    const file = path.join(folder, `${backend}.mp4`);
    const writer = decoder.writeClip(file);
    expect(packets.map((packet) => writer.write(packet))).toEqual(packets.map(() => true));
    await writer.finish();
    for (const packet of packets) packet.free();
    const { tag, seconds, pictures, corrupt, boxes } = probeClip(file);
    expect({ tag, pictures, corrupt }).toEqual({ tag: 'avc1', pictures: 20, corrupt: 0 });
    expect(seconds).toBeCloseTo(1.9, 1);
    expect(boxes.indexOf('moov')).toBeLessThan(boxes.indexOf('mdat'));
  });

  needsFfmpeg('refuses to go on with a clip where the parameters of the stream change', async () => {
    await decoder.open({ url: changing, transport: 'tcp', loop: false });
    const writer = decoder.writeClip(path.join(folder, `${backend}-changing.mp4`));
    const taken: boolean[] = [];
    for (let step = await decoder.next(); step.type !== 'end'; step = await decoder.next())
      if (step.type === 'packet' && !taken.includes(false)) taken.push(writer.write(step.packet));
    expect(taken).toHaveLength(11);
    expect(taken.at(-1)).toBe(false);
    writer.discard();
  });

  needsFfmpeg('says of a clip whose folder is not there that it cannot be written', async () => {
    await decoder.open({ url: clip, transport: 'tcp', loop: false });
    const writer = decoder.writeClip(path.join(folder, 'none', 'clip.mp4'));
    const write = async (): Promise<void> => {
      for (let step = await decoder.next(); step.type !== 'end'; step = await decoder.next())
        if (step.type === 'packet') writer.write(step.packet);
      await writer.finish();
    };
    await expect(write()).rejects.toMatchObject({ code: 'clip.write_failed' });
    writer.discard();
  });

  needsFfmpeg('makes no clip of a codec that browsers do not know', async () => {
    const mpeg4 = path.join(folder, 'mpeg4.mp4');
    makeClip(mpeg4, { seconds: 1, fps: 10, codec: 'mpeg4' });
    await decoder.open({ url: mpeg4, transport: 'tcp', loop: false });
    expect(() => decoder.writeClip(path.join(folder, 'no.mp4'))).toThrow(
      expect.objectContaining({ code: 'clip.unsupported' }),
    );
  });

  needsFfmpeg('plays what there is of a file that breaks off', async () => {
    const torn = path.join(folder, 'torn.h264');
    writeFileSync(torn, readFileSync(bare).subarray(0, -200));
    const { frames } = await playFile(decoder, torn);
    expect(frames.length).toBeGreaterThan(1);
  });

  needsFfmpeg.each([
    ['that is not there', 'missing.mp4', null],
    ['of noise', 'noise.mp4', Buffer.alloc(10_000, 'noise')],
    ['that is empty', 'empty.mp4', Buffer.alloc(0)],
    ['that is a playlist by another name', 'list.mp4', Buffer.from(`ffconcat version 1.0\nfile '${clip}'\n`)],
  ])('refuses a file %s', async (_what, name, content) => {
    const file = path.join(folder, name);
    if (content !== null) writeFileSync(file, content);
    const error: unknown = await Promise.resolve()
      .then(() => decoder.open({ url: file, transport: 'tcp', loop: false }))
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'camera.open_failed' });
    expect(String(error)).toContain(name);
  });

  needsFfmpeg('opens a file whatever its name', async () => {
    const strange = path.join(folder, "-i it's %d 100% a'b\\c.mp4");
    copyFileSync(clip, strange);
    expect((await playFile(decoder, strange)).frames).toHaveLength(20);
  });
});

const GRAY_NONE = new Uint8Array(GRAY.width * GRAY.height);

describe('both decoder backends', () => {
  it.skipIf(!hasFfmpeg).each([
    ['an MP4 file', clip],
    ['an odd size', odd],
    ['H.265', h265],
  ])('show the same of %s, at the same times', async (_what, file) => {
    const av = await newDecoder(decodeSchema.parse({ backend: 'av' }), systemClock);
    const ffmpeg = await newDecoder(decodeSchema.parse({ backend: 'ffmpeg' }), systemClock);
    const [ours, theirs] = [await playFile(av, file), await playFile(ffmpeg, file)];
    await av.close();
    await ffmpeg.close();
    expect(theirs.frames).toHaveLength(ours.frames.length);
    expect(theirs.packets.map(({ key }) => key)).toEqual(ours.packets.map(({ key }) => key));
    for (const [i, frame] of ours.frames.entries()) {
      const other = theirs.frames[i];
      expect(meanDifference(frame.gray, other?.gray ?? GRAY_NONE)).toBeLessThan(1.5);
      const since = frame.atUs - (ours.frames[0]?.atUs ?? 0);
      const otherSince = (other?.atUs ?? 0) - (theirs.frames[0]?.atUs ?? 0);
      expect(Math.abs(since - otherSince)).toBeLessThan(100_000);
    }
  });
});
