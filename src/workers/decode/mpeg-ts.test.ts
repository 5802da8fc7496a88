import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elementaryBytes, TsSplitter, type TsPacket } from './mpeg-ts.js';

const PACKET = 188;
const HEAD = Buffer.from([0, 0, 1, 0xe0, 0, 0, 0x80]);

/** A transport packet whose adaptation field fills what the payload leaves. */
function transport(pid: number, payload: Buffer, { starts = false, key = false } = {}): Buffer {
  const packet = Buffer.alloc(PACKET, 0xff);
  packet.writeUInt8(0x47, 0);
  packet.writeUInt16BE((starts ? 0x4000 : 0) | pid, 1);
  packet.writeUInt8(0x30, 3);
  packet.writeUInt8(PACKET - 5 - payload.length, 4);
  packet.writeUInt8(key ? 0x40 : 0, 5);
  payload.copy(packet, PACKET - payload.length);
  return packet;
}

function time(ticks: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt8(1 | (Math.floor(ticks / 2 ** 30) << 1), 0);
  bytes.writeUInt16BE(1 | ((Math.floor(ticks / 2 ** 15) % 2 ** 15) << 1), 1);
  bytes.writeUInt16BE(1 | ((ticks % 2 ** 15) << 1), 3);
  return bytes;
}

function picture(pts: number, dts: number, text: string, key = false): Buffer {
  const head = Buffer.concat([HEAD, Buffer.from([0xc0, 10]), time(pts), time(dts)]);
  const [first, second] = [text.slice(0, 3), text.slice(3)];
  return Buffer.concat([
    transport(0x100, Buffer.concat([head, Buffer.from(first)]), { starts: true, key }),
    transport(0x100, Buffer.from(second)),
  ]);
}

const tables = Buffer.concat([transport(0, Buffer.from('pat')), transport(0x1000, Buffer.from('pmt'))]);
const stream = Buffer.concat([
  tables,
  picture(2 ** 33 - 1, 2 ** 32 + 12_345, 'keyframe', true),
  transport(0x101, Buffer.from('sound')),
  picture(7_200, 3_600, 'another'),
]);

function split(chunks: readonly Buffer[]): { packets: TsPacket[]; tables: Buffer } {
  const packets: TsPacket[] = [];
  const splitter = new TsSplitter((packet) => packets.push(packet));
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return { packets, tables: splitter.tables };
}

describe('a transport stream', () => {
  it('is told of picture by picture, with its times and keyframes, and nothing else of it', () => {
    const { packets, tables: found } = split([stream]);
    expect(packets.map(({ pts, dts, key }) => ({ pts, dts, key }))).toEqual([
      { pts: 2 ** 33 - 1, dts: 2 ** 32 + 12_345, key: true },
      { pts: 7_200, dts: 3_600, key: false },
    ]);
    expect(packets.map(({ bytes }) => elementaryBytes(bytes).toString())).toEqual(['keyframe', 'another']);
    expect(found).toEqual(tables);
  });

  it('is the same however it is cut', () => {
    const whole = split([stream]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: stream.length }), { maxLength: 12 }), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
        const chunks = at.slice(1).map((end, i) => Buffer.from(stream.subarray(at[i], end)));
        expect(split(chunks)).toEqual(whole);
      }),
    );
  });

  it('is found again after bytes that do not belong to it', () => {
    expect(split([Buffer.from('noise'), stream]).packets).toHaveLength(2);
  });
});
