import {
  AV_CODEC_ID_H264,
  AV_CODEC_ID_HEVC,
  AV_OPT_SEARCH_CHILDREN,
  AV_OPT_TYPE_STRING,
  AV_PKT_FLAG_KEY,
} from 'node-av/constants';
import {
  avGetCodecName,
  FormatContext,
  Packet,
  Rational,
  type CodecParameters,
  type Stream,
} from 'node-av/lib';
import { AppError } from '../../errors.js';
import { avError, mustSucceed } from './av-error.js';
import { ParameterSets } from './av-parameter-sets.js';
import { CLIP_HZ, ClipTime } from './clip-time.js';
import type { ClipWriter, EncodedPacket } from './decoder.js';

/** How MP4 names the codecs that browsers know; players of Apple's take H.265 under this name only. */
const tags = new Map([
  [AV_CODEC_ID_H264, 'avc1'],
  [AV_CODEC_ID_HEVC, 'hvc1'],
]);

const clipTimeBase = new Rational(1, CLIP_HZ);

/**
 * An MP4 file by FFmpeg's muxer, which makes length-prefixed packets of those with start codes. The index is moved to
 * the front at the end, which reads and writes the file once more.
 */
export class AvClipWriter implements ClipWriter {
  readonly #file: string;
  readonly #output = new FormatContext();
  readonly #stream: Stream;
  readonly #packet = new Packet();
  readonly #parameterSets: ParameterSets;
  readonly #time: ClipTime;
  readonly #frameUs: number;
  #begun = false;
  #open = true;

  /** `parameters` are copied; `frameUs` is the nominal distance of pictures. Throws as {@link Decoder.writeClip} does. */
  constructor(file: string, parameters: CodecParameters, frameUs: number) {
    const tag = tags.get(parameters.codecId);
    if (tag === undefined) throw unsupported(parameters);
    this.#file = file;
    this.#frameUs = frameUs;
    this.#time = new ClipTime(parameters.videoDelay, frameUs);
    mustSucceed(this.#output.allocOutputContext2(null, 'mp4', file), 'allocate a clip');
    this.#stream = this.#output.newStream();
    mustSucceed(parameters.copy(this.#stream.codecpar), 'copy codec parameters');
    this.#stream.codecpar.codecTag = tag;
    this.#stream.timeBase = clipTimeBase;
    this.#packet.alloc();
    this.#parameterSets = new ParameterSets(parameters);
  }

  write(packet: EncodedPacket): boolean {
    if (!this.#begun) this.#begin(packet);
    else if (packet.key && this.#parameterSets.areChangedBy(packet.data())) return false;
    const times = this.#time.place(packet.shownUs ?? packet.ptsUs);
    if (times === null) return true;
    this.#packet.data = Buffer.from(packet.data());
    this.#packet.streamIndex = this.#stream.index;
    this.#packet.flags = AV_PKT_FLAG_KEY;
    if (!packet.key) this.#packet.clearFlags(AV_PKT_FLAG_KEY);
    this.#packet.dts = BigInt(times.dts);
    this.#packet.pts = BigInt(times.pts);
    this.#packet.duration = BigInt(Math.round((this.#frameUs * CLIP_HZ) / 1_000_000));
    this.#packet.rescaleTs(clipTimeBase, this.#stream.timeBase);
    const status = this.#output.writeFrameSync(this.#packet);
    this.#packet.unref();
    this.#mustWrite(status);
    return true;
  }

  finish(): void {
    this.#mustWrite(this.#output.writeTrailerSync());
    this.discard();
  }

  discard(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#packet.free();
    this.#parameterSets.free();
    if (this.#begun) this.#output.closeOutputSync();
    this.#output.freeContext();
  }

  /** The file's header holds the parameters that the first keyframe brings along, which may be newer. */
  #begin(keyframe: EncodedPacket): void {
    const sets = this.#parameterSets.take(keyframe.data());
    if (sets !== null) this.#stream.codecpar.extradata = sets;
    this.#mustWrite(this.#output.openOutputSync());
    this.#begun = true;
    // Set by itself: node-av 6.1 frees a Dictionary that was passed to `writeHeader` a second time.
    const status = this.#output.setOption(
      'movflags',
      '+faststart',
      AV_OPT_TYPE_STRING,
      AV_OPT_SEARCH_CHILDREN,
    );
    mustSucceed(status, 'ask for the index in front');
    this.#mustWrite(this.#output.writeHeaderSync());
  }

  #mustWrite(status: number): void {
    if (status < 0) throw avError('clip.write_failed', `the clip ${this.#file} cannot be written`, status);
  }
}

function unsupported({ codecId }: CodecParameters): AppError {
  const codec = avGetCodecName(codecId) ?? 'unknown';
  const message = `no clips are made of ${codec}, which browsers do not play; set the camera to H.264 or H.265`;
  return new AppError('clip.unsupported', message, { codec });
}
