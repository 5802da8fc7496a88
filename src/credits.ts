/**
 * The sender's side of a bounded link: it sends only while it holds a credit, and the receiver gives credits back.
 * Here the credit is the buffer itself, so that memory in flight is bounded by construction.
 */
export class Credits<T> {
  readonly #free: T[];
  #refused = 0;

  constructor(credits: readonly T[]) {
    this.#free = [...credits];
  }

  /** A credit, or undefined when the receiver holds them all: the caller drops before doing the work. */
  take(): T | undefined {
    const credit = this.#free.pop();
    if (credit === undefined) this.#refused += 1;
    return credit;
  }

  give(credit: T): void {
    this.#free.push(credit);
  }

  get available(): number {
    return this.#free.length;
  }

  /** How often `take` found none: what the sender dropped. */
  get refused(): number {
    return this.#refused;
  }
}
