/** Takes a transport stream of one video apart into its packets: ISO/IEC 13818-1, as FFmpeg writes it. */

/** One compressed picture, as the transport packets that carry it. */
export interface TsPacket {
  /** A whole number of transport packets. */
  bytes: Buffer;
  key: boolean;
  /** Ticks of 90 kHz, modulo 2^33. */
  pts: number | null;
  dts: number | null;
}

const PACKET_BYTES = 188;
const SYNC = 0x47;
const PAT_PID = 0;
/** Where FFmpeg puts the table of the programme's streams, and the first of them. */
const PMT_PID = 0x1000;
const VIDEO_PID = 0x100;
/** A picture larger than this is damage; its beginning is told of as it is. */
const MAX_PICTURE_BYTES = 16 * 1024 * 1024;

/** Feed it bytes as they come. A picture is told of when the next one begins, or at the end. */
export class TsSplitter {
  readonly #onPacket: (packet: TsPacket) => void;
  #rest: Buffer = Buffer.alloc(0);
  #pat: Buffer | null = null;
  #pmt: Buffer | null = null;
  #parts: Buffer[] = [];
  #bytes = 0;
  #head: Omit<TsPacket, 'bytes'> | null = null;

  constructor(onPacket: (packet: TsPacket) => void) {
    this.#onPacket = onPacket;
  }

  /** Keeps no reference to `chunk` once the pictures in it have been told of. */
  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (at + PACKET_BYTES <= bytes.length) {
      const isInStep = bytes[at] === SYNC;
      if (isInStep) this.#take(bytes.subarray(at, at + PACKET_BYTES));
      at += isInStep ? PACKET_BYTES : 1;
    }
    this.#rest = Buffer.from(bytes.subarray(at));
  }

  end(): void {
    if (this.#head !== null) this.#onPacket({ bytes: Buffer.concat(this.#parts), ...this.#head });
    this.#head = null;
    this.#parts = [];
    this.#bytes = 0;
  }

  /** The tables that a player needs in front of the first packet; empty before they came. */
  get tables(): Buffer {
    return this.#pat === null || this.#pmt === null ? Buffer.alloc(0) : Buffer.concat([this.#pat, this.#pmt]);
  }

  #take(packet: Buffer): void {
    const pid = packet.readUInt16BE(1) & 0x1fff;
    if (pid === PAT_PID) this.#pat = Buffer.from(packet);
    if (pid === PMT_PID) this.#pmt = Buffer.from(packet);
    if (pid !== VIDEO_PID) return;
    if ((packet.readUInt8(1) & 0x40) !== 0) {
      this.end();
      this.#head = headOf(packet);
    }
    if (this.#head === null || this.#bytes > MAX_PICTURE_BYTES) return;
    this.#parts.push(packet);
    this.#bytes += PACKET_BYTES;
  }
}

function headOf(packet: Buffer): Omit<TsPacket, 'bytes'> {
  const payload = payloadOf(packet);
  const isRandomAccess =
    hasAdaptation(packet) && packet.readUInt8(4) > 0 && (packet.readUInt8(5) & 0x40) !== 0;
  const flags = payload[7] ?? 0;
  const pts = (flags & 0x80) !== 0 ? readTime(payload, 9) : null;
  return { key: isRandomAccess, pts, dts: (flags & 0x40) !== 0 ? readTime(payload, 14) : pts };
}

/** The bytes of the compressed stream that the transport packets carry. */
export function elementaryBytes(packets: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < packets.length; at += PACKET_BYTES) {
    const payload = payloadOf(packets.subarray(at, at + PACKET_BYTES));
    parts.push(at === 0 ? payload.subarray(9 + (payload[8] ?? 0)) : payload);
  }
  return Buffer.concat(parts);
}

function hasAdaptation(packet: Buffer): boolean {
  return (packet.readUInt8(3) & 0x20) !== 0;
}

function payloadOf(packet: Buffer): Buffer {
  return packet.subarray(hasAdaptation(packet) ? 5 + packet.readUInt8(4) : 4);
}

/** 33 bits, in three parts with a marker after each. */
function readTime(bytes: Buffer, at: number): number {
  if (at + 5 > bytes.length) return 0;
  const high = (bytes.readUInt8(at) >> 1) & 0x07;
  const middle = bytes.readUInt16BE(at + 1) >> 1;
  const low = bytes.readUInt16BE(at + 3) >> 1;
  return high * 2 ** 30 + middle * 2 ** 15 + low;
}
