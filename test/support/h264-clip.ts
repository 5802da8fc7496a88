/** A clip's H.264 stream taken apart into NAL units, ready to be sent as RTP. */
import { FFmpegError, FormatContext, Packet } from 'node-av/lib';
import { AVMEDIA_TYPE_VIDEO } from 'node-av/constants';
import { MS_PER_S } from '../../src/units.js';

interface AccessUnit {
  /** From the start of the clip. */
  ptsMs: number;
  dtsMs: number;
  keyframe: boolean;
  nals: Buffer[];
}

export interface H264Clip {
  units: AccessUnit[];
  /** From the start to where the clip starts over. */
  durationMs: number;
  sps: Buffer;
  pps: Buffer;
}

/** Reads an MP4 with one H.264 stream. Throws when it is not one. */
export function loadH264Clip(file: string): H264Clip {
  const input = new FormatContext();
  FFmpegError.throwIfError(input.openInputSync(file), 'open clip');
  FFmpegError.throwIfError(input.findStreamInfoSync(null), 'probe clip');
  const index = input.findBestStream(AVMEDIA_TYPE_VIDEO);
  const stream = input.streams[index];
  const extradata = stream?.codecpar.extradata;
  if (stream === undefined || !extradata) throw new Error(`${file} has no H.264 stream`);
  const msPerTick = stream.timeBase.toDouble() * MS_PER_S;
  const { sps, pps, lengthBytes } = parseAvcConfig(Buffer.from(extradata));

  const units: AccessUnit[] = [];
  const packet = new Packet();
  packet.alloc();
  while (input.readFrameSync(packet) >= 0) {
    if (packet.streamIndex === index && packet.data !== null) {
      units.push({
        ptsMs: Number(packet.pts) * msPerTick,
        dtsMs: Number(packet.dts) * msPerTick,
        keyframe: packet.isKeyframe,
        nals: splitNals(Buffer.from(packet.data), lengthBytes),
      });
    }
    packet.unref();
  }
  packet.free();
  input.closeInputSync();

  const first = units[0]?.dtsMs ?? 0;
  for (const unit of units) {
    unit.ptsMs -= first;
    unit.dtsMs -= first;
  }
  const frameMs = units[1]?.dtsMs ?? 0;
  return { units, durationMs: (units.at(-1)?.dtsMs ?? 0) + frameMs, sps, pps };
}

/** AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.2.4.1) with one parameter set of each kind. */
function parseAvcConfig(config: Buffer): { sps: Buffer; pps: Buffer; lengthBytes: number } {
  const lengthBytes = (config.readUInt8(4) & 3) + 1;
  const spsBytes = config.readUInt16BE(6);
  const ppsAt = 8 + spsBytes + 1;
  const ppsBytes = config.readUInt16BE(ppsAt);
  const sps = config.subarray(8, 8 + spsBytes);
  const pps = config.subarray(ppsAt + 2, ppsAt + 2 + ppsBytes);
  return { sps, pps, lengthBytes };
}

function splitNals(data: Buffer, lengthBytes: number): Buffer[] {
  const nals: Buffer[] = [];
  for (let at = 0; at + lengthBytes < data.length;) {
    const bytes = data.readUIntBE(at, lengthBytes);
    at += lengthBytes;
    nals.push(data.subarray(at, at + bytes));
    at += bytes;
  }
  return nals;
}
