import { seededRandom, type Random } from '../random.js';

/** Samples drawn once; a frame takes its noise from a random place in them. A power of two. */
const SAMPLES = 2 ** 20;
/** A sum of this many uniform numbers is close to a normal one, with variance `TERMS` / 12. */
const TERMS = 6;

/** The read-out noise of one camera's sensor: another on every frame, the same on all channels of a pixel. */
export class SensorNoise {
  readonly #random: Random;
  readonly #samples: Int8Array;

  /** `sigma`: standard deviation in grey levels of 0 to 255. */
  constructor(sigma: number, seed: number) {
    this.#random = seededRandom(seed);
    this.#samples = Int8Array.from({ length: SAMPLES }, () => Math.round(sigma * this.#normal()));
  }

  /** Changes a picture in place: uint8 [height, width, 4] RGBA. */
  addTo(rgba: Buffer): void {
    const start = Math.floor(this.#random() * SAMPLES);
    // Clamps what leaves the range, where a Buffer would wrap round.
    const clamped = new Uint8ClampedArray(rgba.buffer, rgba.byteOffset, rgba.length);
    for (let offset = 0; offset < clamped.length; offset += 4) {
      const noise = this.#samples[(start + offset / 4) % SAMPLES] ?? 0;
      clamped[offset] = (clamped[offset] ?? 0) + noise;
      clamped[offset + 1] = (clamped[offset + 1] ?? 0) + noise;
      clamped[offset + 2] = (clamped[offset + 2] ?? 0) + noise;
    }
  }

  #normal(): number {
    let sum = 0;
    for (let term = 0; term < TERMS; term++) sum += this.#random() - 0.5;
    return sum / Math.sqrt(TERMS / 12);
  }
}
