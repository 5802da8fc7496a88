import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeBareStream, makeClip } from '../../../test/support/make-clip.js';
import { probeClip } from '../../../test/support/probe-clip.js';
import { RecordedStream } from '../../../test/support/record-clip.js';
import type { ClipRequest, RecordedClip } from '../../protocol/camera.js';
import { US_PER_S } from '../../units.js';
import { MAX_RECORDINGS } from './clip-recording.js';

let folder: string;
let stream: RecordedStream;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'nunchi-recording-'));
});

afterEach(async () => {
  await stream.close();
});

const at = (name: string): string => path.join(folder, name);

function open(source: string): void {
  stream = new RecordedStream(source);
}

function record(id: string, startS: number | null, given: Partial<ClipRequest> = {}): Promise<RecordedClip> {
  const startUs = startS === null ? null : startS * US_PER_S;
  const request = { id, file: at(`${id}.mp4`), startUs, preS: 1, maxS: 60, ...given };
  const clip = stream.recordings.begin(request, stream.ring.packets());
  clip.catch(() => undefined);
  return clip;
}

/** A clip from 2 s (keyframe) to 5 s of a stream that starts over every 3 s. */
async function clipOf(source: string): Promise<ReturnType<typeof probeClip> & { clip: RecordedClip }> {
  open(source);
  stream.playTo(3.5);
  const recorded = record('event', 3.2);
  stream.playTo(4);
  stream.recordings.end('event', 4 * US_PER_S, 1);
  stream.playTo(5.5);
  const clip = await recorded;
  return { ...probeClip(at('event.mp4')), clip };
}

describe('a recording', () => {
  it.each([
    ['h264', 'mp4', 'avc1', 'h264'],
    ['h264', 'ts', 'avc1', 'h264'],
    ['h265', 'mp4', 'hvc1', 'hevc'],
    ['h265', 'ts', 'hvc1', 'hevc'],
  ] as const)(
    'of %s from .%s plays from a keyframe on, over the loop of its source',
    async (codec, ext, tag, name) => {
      const source = at(`source.${ext}`);
      makeClip(source, { codec, seconds: 3, fps: 10, gop: 10 });
      const found = await clipOf(source);
      expect(found.tag).toBe(tag);
      expect(found.clip.codec).toBe(name);
      expect(found.boxes.indexOf('moov')).toBeLessThan(found.boxes.indexOf('mdat'));
      expect(found.packets[0]).toMatchObject({ key: true, pts: 0 });
      found.packets.forEach(({ dts, pts }, index) => {
        expect(pts).toBeGreaterThanOrEqual(dts);
        if (index > 0) expect(dts).toBeGreaterThan(found.packets[index - 1]?.dts ?? NaN);
      });
      // One second before 3.2 s lies in the GOP that begins at 2 s; it goes on to one second after 4 s.
      expect(found.seconds).toBeGreaterThan(2.6);
      expect(found.seconds).toBeLessThan(3.6);
      expect(new Set(found.packets.map(({ pts }) => pts.toFixed(3))).size).toBe(found.packets.length);
      expect(found.corrupt).toBe(0);
      expect(found.pictures).toBeGreaterThanOrEqual(found.packets.length - 2);
      expect(readdirSync(folder).filter((file) => file.endsWith('.part'))).toEqual([]);
    },
  );

  it('is refused for a codec that browsers do not play, and leaves no file', async () => {
    makeClip(at('source.mp4'), { codec: 'mpeg4', seconds: 1, fps: 10, gop: 10 });
    open(at('source.mp4'));
    stream.playTo(0.5);
    await expect(record('event', null)).rejects.toMatchObject({ code: 'clip.unsupported' });
    expect(readdirSync(folder)).toEqual(['source.mp4']);
  });

  it('begins with the oldest GOP held when the ring does not reach back so far', async () => {
    makeClip(at('source.mp4'), { seconds: 2, fps: 10, gop: 10 });
    open(at('source.mp4'));
    stream.playTo(1.5);
    const recorded = record('event', null, { preS: 60 });
    stream.recordings.end('event', null, 0);
    expect((await recorded).seconds).toBeCloseTo(1.5, 1);
  });

  it('ends at its longest, without being told', async () => {
    makeClip(at('source.mp4'), { seconds: 2, fps: 10, gop: 10 });
    open(at('source.mp4'));
    stream.playTo(1);
    const recorded = record('event', null, { preS: 0, maxS: 3 });
    stream.playTo(6);
    expect((await recorded).seconds).toBeCloseTo(3, 1);
  });

  it('keeps what there is when the stream ends', async () => {
    makeClip(at('source.mp4'), { seconds: 2, fps: 10, gop: 10 });
    open(at('source.mp4'));
    stream.playTo(1);
    const recorded = record('event', null);
    stream.playTo(1.5);
    await stream.recordings.close();
    expect((await recorded).seconds).toBeCloseTo(1.5, 1);
    expect(probeClip(at('event.mp4')).corrupt).toBe(0);
  });

  it('ends where the picture changes its size, and begins anew when that is before the event', async () => {
    const parts = [0, 1, 2].map((part) => ({ seconds: 1, fps: 10, gop: 10, width: 320 + 64 * (part % 2) }));
    makeBareStream(at('source.h264'), parts);
    open(at('source.h264'));
    const events: Promise<RecordedClip>[] = [];
    for (let step = stream.decoder.next(); step.type !== 'end'; step = stream.decoder.next()) {
      if (step.type !== 'packet') continue;
      stream.take(step.packet);
      if (stream.ring.packets().length === 14) {
        events.push(record('early', null, { preS: 60 }));
        events.push(record('late', null, { preS: 0, startUs: step.packet.ptsUs }));
      }
    }
    await Promise.all(events);
    for (const id of ['early', 'late']) {
      const found = probeClip(at(`${id}.mp4`));
      expect(found.packets).toHaveLength(10);
      expect(found.corrupt).toBe(0);
    }
  });

  it('is one of a few at a time, each with a file of its own', async () => {
    makeClip(at('source.mp4'), { seconds: 1, fps: 10, gop: 10 });
    open(at('source.mp4'));
    stream.playTo(0.5);
    const all = Array.from({ length: MAX_RECORDINGS }, (_, index) => record(`event${index}`, null));
    await expect(record('one too many', null)).rejects.toMatchObject({ code: 'clip.too_many' });
    stream.playTo(1);
    await stream.recordings.close();
    await Promise.all(all);
    expect(all.every((_, index) => existsSync(at(`event${index}.mp4`)))).toBe(true);
  });

  it('says why it failed when the disk refuses, and leaves nothing', async () => {
    makeClip(at('source.mp4'), { seconds: 1, fps: 10, gop: 10 });
    open(at('source.mp4'));
    stream.playTo(0.5);
    const refused = record('event', null, { file: at('missing/event.mp4') });
    await expect(refused).rejects.toMatchObject({ code: 'clip.write_failed' });
  });
});
