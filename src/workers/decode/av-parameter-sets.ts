import { AV_PKT_DATA_NEW_EXTRADATA } from 'node-av/constants';
import { BitStreamFilter, BitStreamFilterContext, Packet, type CodecParameters } from 'node-av/lib';
import { mustSucceed } from './av-error.js';

/** First byte of the parameters of a stream whose packets are length-prefixed, and hold no parameter sets. */
const CONFIGURATION_VERSION = 1;

/** The parameter sets (SPS, PPS, VPS) that a stream with start codes repeats in front of its keyframes. */
export class ParameterSets {
  /** Null for a stream whose packets hold none. */
  readonly #filter: BitStreamFilterContext | null;
  readonly #input = new Packet();
  readonly #output = new Packet();
  #known: Buffer | null = null;

  constructor(parameters: CodecParameters) {
    const isPrefixed = parameters.extradata?.[0] === CONFIGURATION_VERSION;
    this.#filter = isPrefixed ? null : openFilter(parameters);
    this.#input.alloc();
    this.#output.alloc();
  }

  /** Those of a keyframe, which count from now on; null when it has none. */
  take(keyframe: Uint8Array): Buffer | null {
    this.#known = this.#extract(keyframe);
    return this.#known;
  }

  /** Whether a keyframe has others than the one they were taken from. */
  areChangedBy(keyframe: Uint8Array): boolean {
    const found = this.#extract(keyframe);
    return found !== null && this.#known !== null && !found.equals(this.#known);
  }

  free(): void {
    this.#filter?.free();
    this.#input.free();
    this.#output.free();
  }

  #extract(keyframe: Uint8Array): Buffer | null {
    if (this.#filter === null) return null;
    this.#input.data = Buffer.from(keyframe);
    mustSucceed(this.#filter.sendPacketSync(this.#input), 'look for parameter sets');
    // A damaged keyframe is no news: the next one tells.
    if (this.#filter.receivePacketSync(this.#output) < 0) return null;
    const found = this.#output.getSideData(AV_PKT_DATA_NEW_EXTRADATA);
    const sets = found === null ? null : Buffer.from(found);
    this.#output.unref();
    return sets;
  }
}

function openFilter(parameters: CodecParameters): BitStreamFilterContext {
  const filter = BitStreamFilter.getByName('extract_extradata');
  if (filter === null) throw new Error('this build of FFmpeg has no filter for parameter sets');
  const context = new BitStreamFilterContext();
  mustSucceed(context.alloc(filter), 'allocate a bitstream filter');
  const { inputCodecParameters } = context;
  if (inputCodecParameters === null) throw new Error('the bitstream filter has no parameters');
  mustSucceed(parameters.copy(inputCodecParameters), 'copy codec parameters');
  mustSucceed(context.init(), 'open a bitstream filter');
  return context;
}
