import { StatusLine } from '../status-line.js';

/** Tells of the clips as they are played. */
export class Progress {
  readonly #line: StatusLine;
  readonly #total: number;
  #begun = 0;

  /** `total`: clips to come. */
  constructor(stream: NodeJS.WriteStream, total: number) {
    this.#line = new StatusLine(stream);
    this.#total = total;
  }

  /** The next clip begins. */
  next(id: string): void {
    this.#begun += 1;
    this.#line.show(`clip ${this.#begun} of ${this.#total}: ${id}`);
  }

  /** Takes what was said off the terminal again. */
  end(): void {
    this.#line.end();
  }
}
