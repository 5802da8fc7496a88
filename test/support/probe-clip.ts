/** What is in a recorded clip, as FFmpeg's demuxer and decoder see it. */
import { readFileSync } from 'node:fs';
import { AVMEDIA_TYPE_VIDEO } from 'node-av/constants';
import { FFmpegError, FormatContext, Packet } from 'node-av/lib';
import { AvDecoder } from '../../src/workers/decode/av-decoder.js';

export interface ProbedClip {
  /** Four letters, such as `avc1`. */
  tag: string;
  /** In decoding order; times in seconds. */
  packets: { dts: number; pts: number; key: boolean }[];
  /** From the first picture shown to the last. */
  seconds: number;
  /** Pictures that can be decoded. */
  pictures: number;
  /** Packets that the decoder refused. */
  corrupt: number;
  /** Names of the file's outermost boxes, in order. */
  boxes: string[];
}

export function probeClip(file: string): ProbedClip {
  const input = new FormatContext();
  FFmpegError.throwIfError(input.openInputSync(file), 'open clip');
  FFmpegError.throwIfError(input.findStreamInfoSync(null), 'probe clip');
  const stream = input.streams[input.findBestStream(AVMEDIA_TYPE_VIDEO)];
  if (stream === undefined) throw new Error(`${file} has no video stream`);
  const secondsPerTick = stream.timeBase.toDouble();
  const tag = stream.codecpar.codecTagString ?? '';
  const packets: ProbedClip['packets'] = [];
  const packet = new Packet();
  packet.alloc();
  while (input.readFrameSync(packet) >= 0) {
    const [dts, pts] = [Number(packet.dts) * secondsPerTick, Number(packet.pts) * secondsPerTick];
    packets.push({ dts, pts, key: packet.isKeyframe });
    packet.unref();
  }
  packet.free();
  input.closeInputSync();
  const shown = packets.map(({ pts }) => pts);
  const seconds = Math.max(...shown) - Math.min(...shown);
  return { tag, packets, seconds, ...decode(file), boxes: boxesOf(readFileSync(file)) };
}

function decode(file: string): { pictures: number; corrupt: number } {
  const decoder = new AvDecoder();
  decoder.open({ url: file, transport: 'tcp', loop: false });
  const counts = { pictures: 0, corrupt: 0 };
  for (;;) {
    const step = decoder.next();
    if (step.type === 'end') break;
    if (step.type === 'packet') step.packet.free();
    if (step.type === 'frame') counts.pictures += 1;
    if (step.type === 'corrupt') counts.corrupt += 1;
  }
  decoder.close();
  return counts;
}

function boxesOf(file: Buffer): string[] {
  const boxes: string[] = [];
  for (let at = 0; at + 8 <= file.length; at += Math.max(8, file.readUInt32BE(at)))
    boxes.push(file.toString('latin1', at + 4, at + 8));
  return boxes;
}
