import type { VadModelName } from '../vad-model.js';
import { US_PER_S } from '../units.js';
import type { Footage } from './calibration.js';
import type { FrameSample } from './frame-sample.js';

/** Consecutive frames are kept together for as long as this, so that a tail can be fitted to their maxima. */
const BLOCK_US = 5 * US_PER_S;
/** Longer gaps begin another block. */
const LONGEST_GAP_US = US_PER_S;
/** Blocks with fewer frames say nothing about how long scores stay up. */
const LEAST_FRAMES = 5;
/** 10 minutes of blocks; at 5 FPS 3,000 samples of 300 bytes. */
const MOST_BLOCKS = 120;
/** What is suspicious in most of the blocks of two minutes has come to stay, and becomes ordinary. */
const RECENT_BLOCKS = 24;
const MOST_SUSPICIOUS = 18;

/**
 * The footage that a camera's calibration is fitted to. While there is room every block is kept; then a new one takes
 * the place of a random older one, so that what is kept spans days and nights and fades evenly.
 */
export class OrdinaryFootage {
  readonly #model: VadModelName;
  readonly #random: () => number;
  readonly #blocks: FrameSample[][] = [];
  #open: FrameSample[] = [];
  #openedUs = -Infinity;
  #lastUs = -Infinity;
  #openUs = 0;
  #suspicious = false;
  /** Of the newest blocks, whether they were suspicious. */
  #recent: boolean[] = [];
  #learnedUs = 0;

  /** `random` in [0, 1). */
  constructor(model: VadModelName, random: () => number) {
    this.#model = model;
    this.#random = random;
  }

  /** Seconds of footage learned since the beginning, those that were replaced included. */
  get seconds(): number {
    return (this.#learnedUs + (this.#isWorthKeeping ? this.#openUs : 0)) / US_PER_S;
  }

  /** Samples come in order; `suspicious` when an anomaly may be in the picture. */
  add(sample: FrameSample, ptsUs: number, suspicious: boolean): void {
    const stepUs = ptsUs - this.#lastUs;
    const gap = stepUs > LONGEST_GAP_US || stepUs <= 0;
    if (gap || ptsUs - this.#openedUs >= BLOCK_US) this.#close(ptsUs);
    if (!gap) this.#openUs += stepUs;
    this.#lastUs = ptsUs;
    this.#suspicious ||= suspicious;
    this.#open.push(sample);
  }

  /** What there is to fit to now. */
  get footage(): Footage {
    const open = this.#isWorthKeeping ? [[...this.#open]] : [];
    return { model: this.#model, blocks: [...this.#blocks, ...open], blockS: BLOCK_US / US_PER_S };
  }

  get #isWorthKeeping(): boolean {
    const isForGood = this.#recent.filter(Boolean).length >= MOST_SUSPICIOUS;
    return this.#open.length >= LEAST_FRAMES && (!this.#suspicious || isForGood);
  }

  #close(ptsUs: number): void {
    const block = this.#open;
    const isKept = this.#isWorthKeeping;
    if (isKept) this.#learnedUs += this.#openUs;
    this.#openUs = 0;
    this.#recent = [...this.#recent, this.#suspicious].slice(-RECENT_BLOCKS);
    this.#open = [];
    this.#openedUs = ptsUs;
    this.#suspicious = false;
    if (!isKept) return;
    if (this.#blocks.length < MOST_BLOCKS) this.#blocks.push(block);
    else this.#blocks[Math.floor(this.#random() * MOST_BLOCKS)] = block;
  }
}
