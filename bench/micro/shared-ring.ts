/** Frames in shared memory, for one thread that fills them and one that takes them; either blocks for the other. */
export class SharedRing {
  readonly memory: { places: SharedArrayBuffer; frames: SharedArrayBuffer };
  /** Frames filled, and frames taken, since the start; they wrap. */
  readonly #counts: Int32Array;
  readonly #slots: Uint8Array[];

  /** A new ring, or with `memory` the one of another thread. */
  constructor(slots: number, bytes: number, memory?: SharedRing['memory']) {
    this.memory = memory ?? {
      places: new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT),
      frames: new SharedArrayBuffer(slots * bytes),
    };
    const { places, frames } = this.memory;
    this.#counts = new Int32Array(places);
    this.#slots = Array.from({ length: slots }, (_, slot) => new Uint8Array(frames, slot * bytes, bytes));
  }

  /** The slot to write the next frame into, once there is one. */
  slotToFill(): Uint8Array {
    const filled = Atomics.load(this.#counts, FILLED);
    let taken = Atomics.load(this.#counts, TAKEN);
    while (filled - taken >= this.#slots.length) {
      Atomics.wait(this.#counts, TAKEN, taken);
      taken = Atomics.load(this.#counts, TAKEN);
    }
    return this.#slot(filled);
  }

  filled(): void {
    Atomics.add(this.#counts, FILLED, 1);
    Atomics.notify(this.#counts, FILLED, 1);
  }

  /** The oldest frame, once there is one; it may be written over after {@link taken}. */
  slotToTake(): Uint8Array {
    const taken = Atomics.load(this.#counts, TAKEN);
    while (Atomics.load(this.#counts, FILLED) === taken) Atomics.wait(this.#counts, FILLED, taken);
    return this.#slot(taken);
  }

  taken(): void {
    Atomics.add(this.#counts, TAKEN, 1);
    Atomics.notify(this.#counts, TAKEN, 1);
  }

  /** Blocks until every frame is taken. */
  drained(): void {
    const filled = Atomics.load(this.#counts, FILLED);
    for (let taken = Atomics.load(this.#counts, TAKEN); taken !== filled;) {
      Atomics.wait(this.#counts, TAKEN, taken);
      taken = Atomics.load(this.#counts, TAKEN);
    }
  }

  #slot(count: number): Uint8Array {
    return this.#slots[count % this.#slots.length] as Uint8Array;
  }
}

const FILLED = 0;
const TAKEN = 1;
