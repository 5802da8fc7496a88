/** RTP payload formats for H.264 (RFC 6184, packetization-mode 1) and H.265 (RFC 7798), framed for RTSP over TCP (RFC 2326, 10.12). */
import type { CodedClip } from './coded-clip.js';

export interface RtpStream {
  sequence: number;
  ssrc: number;
}

const MAX_PAYLOAD_BYTES = 1400;
const PAYLOAD_TYPE = 96;
/** What a unit begins with when it goes in parts. */
const fragmented = {
  h264: (nal: Buffer) => ({
    header: Buffer.from([(nal.readUInt8(0) & 0xe0) | 28]),
    type: nal.readUInt8(0) & 0x1f,
    bytes: 1,
  }),
  h265: (nal: Buffer) => ({
    header: Buffer.from([(nal.readUInt8(0) & 0x81) | (49 << 1), nal.readUInt8(1)]),
    type: (nal.readUInt8(0) >> 1) & 0x3f,
    bytes: 2,
  }),
};

/** The packets of one access unit. `timestamp` counts 90 kHz ticks; the stream's sequence number advances. */
export function packetize(
  stream: RtpStream,
  codec: CodedClip['codec'],
  nals: readonly Buffer[],
  timestamp: number,
): Buffer[] {
  const payloads = nals.flatMap((nal) => fragment(codec, nal));
  return payloads.map((payload, index) => frame(stream, payload, timestamp, index === payloads.length - 1));
}

function fragment(codec: CodedClip['codec'], nal: Buffer): Buffer[] {
  if (nal.length <= MAX_PAYLOAD_BYTES) return [nal];
  const { header, type, bytes } = fragmented[codec](nal);
  const step = MAX_PAYLOAD_BYTES - bytes - 1;
  const fragments: Buffer[] = [];
  for (let at = bytes; at < nal.length; at += step) {
    const start = at === bytes ? 0x80 : 0;
    const end = at + step >= nal.length ? 0x40 : 0;
    fragments.push(Buffer.concat([header, Buffer.from([start | end | type]), nal.subarray(at, at + step)]));
  }
  return fragments;
}

function frame(stream: RtpStream, payload: Buffer, timestamp: number, marker: boolean): Buffer {
  stream.sequence = (stream.sequence + 1) & 0xffff;
  const packet = Buffer.alloc(16 + payload.length);
  packet.write('$', 0);
  packet.writeUInt8(0, 1);
  packet.writeUInt16BE(12 + payload.length, 2);
  packet.writeUInt8(0x80, 4);
  packet.writeUInt8(PAYLOAD_TYPE | (marker ? 0x80 : 0), 5);
  packet.writeUInt16BE(stream.sequence, 6);
  packet.writeUInt32BE(timestamp >>> 0, 8);
  packet.writeUInt32BE(stream.ssrc, 12);
  payload.copy(packet, 16);
  return packet;
}
