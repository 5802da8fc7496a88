import { describe, expect, it } from 'vitest';
import { Credits } from '../../credits.js';
import { VAD_FRAME } from '../../frame.js';
import type { HealthMessage } from '../../protocol/camera.js';
import type { VadFrameMessage } from '../../protocol/camera-gpu.js';
import type { PictureReport } from '../../picture/monitor.js';
import type { DecodedFrame } from '../decode/decoder.js';
import { VadOutput } from './vad-output.js';

const undisturbed: PictureReport = { disturbance: null, health: 'good', viewChanged: false };

/** `reports`: what the monitor says of each frame in turn, nothing in particular of further ones. */
function setUp(buffers: number, reports: Partial<PictureReport>[] = []) {
  const credits = new Credits(Array.from({ length: buffers }, () => new ArrayBuffer(VAD_FRAME.bytes)));
  const sent: VadFrameMessage[] = [];
  const told: HealthMessage[] = [];
  const output = new VadOutput(
    {
      take: () => credits.take(),
      giveBack: (pixels) => {
        credits.give(pixels);
      },
      send: (message) => sent.push(message),
    },
    { observe: () => ({ ...undisturbed, ...reports.shift() }) },
    (message) => told.push(message),
  );
  return { output, sent, told };
}

function frame(width: number, height: number, toGray: () => void = () => undefined): DecodedFrame {
  return { ptsUs: 7, width, height, toGray } as Partial<DecodedFrame> as DecodedFrame;
}

describe('VadOutput', () => {
  it("tells the shape of the stream's picture, which the square frame no longer shows", () => {
    const { output, sent } = setUp(2);
    output.offer(frame(1_280, 720), 5);
    output.offer(frame(480, 640), 5);
    expect(sent.map(({ aspect }) => aspect)).toEqual([720 / 1_280, 640 / 480]);
    expect(sent[0]).toMatchObject({ ptsUs: 7, wallTime: 5, disturbed: false });
  });

  it('says of which frames the whole picture was disturbed', () => {
    const { output, sent } = setUp(3, [{}, { disturbance: 'light' }, { disturbance: 'health' }]);
    for (const wallTime of [5, 6, 7]) output.offer(frame(64, 48), wallTime);
    expect(sent.map(({ disturbed }) => disturbed)).toEqual([false, true, true]);
  });

  it('tells of health when it changes, and of a new view', () => {
    const { output, told } = setUp(5, [
      { health: 'good' },
      { health: 'moved' },
      { health: 'moved' },
      { health: 'good', viewChanged: true },
      { health: 'good' },
    ]);
    for (const wallTime of [5, 6, 7, 8, 9]) output.offer(frame(64, 48), wallTime);
    expect(told).toEqual([
      { type: 'health', health: 'moved', viewChanged: false, ptsUs: 7, wallTime: 6 },
      { type: 'health', health: 'good', viewChanged: true, ptsUs: 7, wallTime: 8 },
    ]);
  });

  it('drops and counts a frame while the GPU worker holds every buffer', () => {
    const { output, sent } = setUp(1);
    output.offer(frame(64, 48), 5);
    output.offer(frame(64, 48), 5.2);
    expect(sent).toHaveLength(1);
    expect([output.sent, output.dropped]).toEqual([1, 1]);
  });

  it('keeps the buffer of a frame that cannot be scaled', () => {
    const { output, sent } = setUp(1);
    const broken = frame(64, 48, () => {
      throw new Error('no scaler');
    });
    expect(() => {
      output.offer(broken, 5);
    }).toThrow('no scaler');
    output.offer(frame(64, 48), 5.2);
    expect(sent).toHaveLength(1);
  });
});
