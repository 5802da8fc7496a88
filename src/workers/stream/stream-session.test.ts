import { describe, expect, it } from 'vitest';
import type { Clock } from '../../clock.js';
import { Credits } from '../../credits.js';
import type { CameraMessage, StreamInfo } from '../../protocol/camera.js';
import type { VadFrameMessage } from '../../protocol/camera-gpu.js';
import type { PictureReport } from '../../picture/monitor.js';
import type { DecodedFrame, Decoder, StreamStep } from '../decode/decoder.js';
import { StreamSession } from './stream-session.js';
import { VadOutput } from './vad-output.js';

type Script = (StreamStep['type'] | 'unscalable')[];

const undisturbed: PictureReport = { disturbance: null, health: 'good', viewChanged: false };

const info: StreamInfo = { width: 64, height: 48, fps: 10, codec: 'fake' };

/** A clock that every read moves on, and on which waits end at once. */
class ReadingClock implements Clock {
  nowMs = 0;
  monotonicMs = (): number => this.nowMs;
  wallTime = (): number => 1000 + this.nowMs / 1000;
  after = (_delayMs: number, run: () => void): (() => void) => {
    setImmediate(run);
    return () => undefined;
  };
}

/** Plays a script, its last step for ever, and counts the references that are out. */
class ScriptedDecoder implements Decoder {
  held = 0;
  rewinds = 0;
  #at = 0;
  #ptsUs = 0;

  constructor(
    readonly script: Script,
    readonly onRead: () => void = () => undefined,
  ) {}

  open = (): StreamInfo => info;
  interrupt = (): void => undefined;
  close = (): void => undefined;

  writeClip(): never {
    throw new Error('nobody asked for a clip');
  }

  rewind(): void {
    this.rewinds += 1;
    this.#at = 0;
  }

  next(): StreamStep {
    this.onRead();
    const type = this.script[Math.min(this.#at, this.script.length - 1)] ?? 'end';
    this.#at += 1;
    this.#ptsUs += 100_000;
    if (type === 'packet') {
      this.held += 1;
      const packet = {
        bytes: 10,
        key: true,
        ptsUs: this.#ptsUs,
        shownUs: null,
        data: () => new Uint8Array(10),
      };
      return { type, packet: { ...packet, free: () => (this.held -= 1) } };
    }
    if (type === 'frame' || type === 'unscalable') {
      return { type: 'frame', frame: this.#frame(this.#ptsUs, type === 'unscalable') };
    }
    return { type };
  }

  #frame(ptsUs: number, unscalable: boolean): DecodedFrame {
    return {
      ptsUs,
      width: info.width,
      height: info.height,
      toGray() {
        if (unscalable) throw new Error('no scaler');
      },
      toJpeg: () => ({ buffer: new ArrayBuffer(2), width: info.width, height: info.height }),
      toRgb: () => ({ width: 1, height: 1, pixels: new Uint8Array(3) }),
      shrunk: () => {
        this.held += 1;
        return this.#frame(ptsUs, unscalable);
      },
      keep: () => {
        this.held += 1;
        return this.#frame(ptsUs, unscalable);
      },
      free: () => {
        this.held -= 1;
      },
    };
  }
}

function play(
  decoder: ScriptedDecoder,
  { url = '/clip.mp4', loop = false, clock = new ReadingClock() } = {},
) {
  const messages: CameraMessage[] = [];
  const vadFrames: VadFrameMessage[] = [];
  const credits = new Credits([new ArrayBuffer(4), new ArrayBuffer(4)]);
  const gpu = {
    take: () => credits.take(),
    giveBack(pixels: ArrayBuffer) {
      credits.give(pixels);
    },
    send: (frame: VadFrameMessage) => vadFrames.push(frame),
  };
  let over: (message: CameraMessage) => void = () => undefined;
  const closed = new Promise<CameraMessage>((resolve) => (over = resolve));
  const session = new StreamSession({
    source: { url, loop, transport: 'tcp' },
    decoder,
    vadFps: 10,
    vad: new VadOutput(gpu, { observe: () => undisturbed }, () => undefined),
    send(message) {
      messages.push(message);
      if (message.type === 'closed') over(message);
    },
    clock,
  });
  const ended = session.open().then(() => closed);
  return { session, ended, messages, vadFrames, credits };
}

describe('StreamSession', () => {
  it('frees every packet and frame, and reports what it counted', async () => {
    const decoder = new ScriptedDecoder([
      'packet',
      'frame',
      'packet',
      'frame',
      'corrupt',
      'packet',
      'frame',
      'end',
    ]);
    const { ended, messages, vadFrames, credits } = play(decoder);
    expect(await ended).toEqual({ type: 'closed', error: null });
    expect(decoder.held).toBe(0);
    expect(credits.available).toBe(0);
    expect(vadFrames.map(({ ptsUs }) => ptsUs)).toEqual([200_000, 400_000]);
    const counters = { packets: 3, decodedFrames: 3, corruptPackets: 1, vadFrames: 2, vadFramesDropped: 1 };
    expect(messages[0]).toMatchObject({ type: 'progress', counters });
  });

  it('takes a camera for stalled that sends nothing but damage', async () => {
    const clock = new ReadingClock();
    const decoder = new ScriptedDecoder(['packet', 'corrupt'], () => (clock.nowMs += 100));
    const { ended } = play(decoder, { url: 'rtsp://user:password@camera/live', clock });
    expect(await ended).toMatchObject({ error: { code: 'camera.stalled' } });
    expect(clock.nowMs).toBe(5100);
    expect(JSON.stringify(await ended)).not.toContain('password');
  });

  it.each([true, false])('gives up a file without a picture (loop %s)', async (loop) => {
    const { ended } = play(new ScriptedDecoder(['corrupt', 'end']), { loop });
    expect(await ended).toMatchObject({ error: { code: 'camera.stream_ended' } });
  });

  it('starts a looped file over', async () => {
    const decoder = new ScriptedDecoder(['packet', 'frame', 'end']);
    const rewind = decoder.rewind.bind(decoder);
    decoder.rewind = () => {
      rewind();
      if (decoder.rewinds === 3) decoder.script.splice(0, 2);
    };
    const { ended } = play(decoder, { loop: true });
    expect(await ended).toMatchObject({ error: { code: 'camera.stream_ended' } });
    expect(decoder.rewinds).toBe(3);
  });

  it('that is closed ends without an error, whatever the read that was under way says', async () => {
    const decoder = new ScriptedDecoder(['packet', 'frame', 'end']);
    const { session, ended } = play(decoder, { loop: true });
    decoder.rewind = () => {
      void session.close();
      throw new Error('killed in the middle of it');
    };
    expect(await ended).toEqual({ type: 'closed', error: null });
  });

  it('keeps the buffer of a frame that cannot be scaled', async () => {
    const { ended, credits } = play(new ScriptedDecoder(['packet', 'unscalable']));
    expect(await ended).toMatchObject({ error: { code: 'bug' } });
    expect(credits.available).toBe(2);
  });
});
