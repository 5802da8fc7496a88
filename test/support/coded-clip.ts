/** A clip's H.264 or H.265 stream taken apart into NAL units, ready to be sent as RTP. */
import { FFmpegError, FormatContext, Packet } from 'node-av/lib';
import { AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AVMEDIA_TYPE_VIDEO } from 'node-av/constants';
import { MS_PER_S } from '../../src/units.js';

interface AccessUnit {
  /** From the start of the clip. */
  ptsMs: number;
  dtsMs: number;
  keyframe: boolean;
  nals: Buffer[];
}

export interface CodedClip {
  codec: 'h264' | 'h265';
  units: AccessUnit[];
  /** From the start to where the clip starts over. */
  durationMs: number;
  /** SPS and PPS; of H.265 the VPS before them. */
  parameterSets: Buffer[];
}

/** Reads an MP4 with one stream of H.264 or H.265. Throws when it is not one. */
export function loadCodedClip(file: string): CodedClip {
  const input = new FormatContext();
  FFmpegError.throwIfError(input.openInputSync(file), 'open clip');
  FFmpegError.throwIfError(input.findStreamInfoSync(null), 'probe clip');
  const index = input.findBestStream(AVMEDIA_TYPE_VIDEO);
  const stream = input.streams[index];
  const extradata = stream?.codecpar.extradata;
  if (stream === undefined || !extradata) throw new Error(`${file} has no stream of a known codec`);
  const msPerTick = stream.timeBase.toDouble() * MS_PER_S;
  const { codec, parameterSets, lengthBytes } = configOf(stream.codecpar.codecId, Buffer.from(extradata));

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
  return { codec, units, durationMs: (units.at(-1)?.dtsMs ?? 0) + frameMs, parameterSets };
}

interface StreamConfig extends Pick<CodedClip, 'codec' | 'parameterSets'> {
  /** Of the length in front of each NAL unit. */
  lengthBytes: number;
}

function configOf(codecId: number, extradata: Buffer): StreamConfig {
  if (codecId === AV_CODEC_ID_H264) return avcConfig(extradata);
  if (codecId === AV_CODEC_ID_HEVC) return hevcConfig(extradata);
  throw new Error(`codec ${codecId} is neither H.264 nor H.265`);
}

/** AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.2.4.1) with one parameter set of each kind. */
function avcConfig(config: Buffer): StreamConfig {
  const sps = sizedAt(config, 6);
  const pps = sizedAt(config, 8 + sps.length + 1);
  return { codec: 'h264', parameterSets: [sps, pps], lengthBytes: (config.readUInt8(4) & 3) + 1 };
}

/** HEVCDecoderConfigurationRecord (ISO/IEC 14496-15, 8.3.3.1): arrays of NAL units, of which the sets come first. */
function hevcConfig(config: Buffer): StreamConfig {
  const setTypes = [32, 33, 34];
  const parameterSets: Buffer[] = [];
  let at = 23;
  for (let array = config.readUInt8(22); array > 0; array -= 1) {
    const type = config.readUInt8(at) & 0x3f;
    const count = config.readUInt16BE(at + 1);
    at += 3;
    for (let index = 0; index < count; index += 1) {
      const nal = sizedAt(config, at);
      if (setTypes.includes(type)) parameterSets.push(nal);
      at += 2 + nal.length;
    }
  }
  return { codec: 'h265', parameterSets, lengthBytes: (config.readUInt8(21) & 3) + 1 };
}

/** What follows a length of 16 bits. */
function sizedAt(data: Buffer, at: number): Buffer {
  return data.subarray(at + 2, at + 2 + data.readUInt16BE(at));
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
