/** RTP payload format for H.264 (RFC 6184, packetization-mode 1), framed for RTSP over TCP (RFC 2326, 10.12). */

export interface RtpStream {
  sequence: number;
  ssrc: number;
}

const MAX_PAYLOAD_BYTES = 1400;
const PAYLOAD_TYPE = 96;
const FU_A = 28;

/** The packets of one access unit. `timestamp` counts 90 kHz ticks; the stream's sequence number advances. */
export function packetize(stream: RtpStream, nals: readonly Buffer[], timestamp: number): Buffer[] {
  const payloads = nals.flatMap(fragment);
  return payloads.map((payload, index) => frame(stream, payload, timestamp, index === payloads.length - 1));
}

function fragment(nal: Buffer): Buffer[] {
  if (nal.length <= MAX_PAYLOAD_BYTES) return [nal];
  const header = nal.readUInt8(0);
  const step = MAX_PAYLOAD_BYTES - 2;
  const fragments: Buffer[] = [];
  for (let at = 1; at < nal.length; at += step) {
    const start = at === 1 ? 0x80 : 0;
    const end = at + step >= nal.length ? 0x40 : 0;
    const prefix = Buffer.from([(header & 0xe0) | FU_A, start | end | (header & 0x1f)]);
    fragments.push(Buffer.concat([prefix, nal.subarray(at, at + step)]));
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
