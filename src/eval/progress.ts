/** Tells of the clips as they are played: on a terminal in one line that is written over, else a line each. */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #total: number;
  #begun = 0;

  /** `total`: clips to come. */
  constructor(stream: NodeJS.WriteStream, total: number) {
    this.#stream = stream;
    this.#total = total;
  }

  /** The next clip begins. */
  next(id: string): void {
    this.#begun += 1;
    const text = `clip ${this.#begun} of ${this.#total}: ${id}`;
    if (this.#stream.isTTY) this.#rewrite(text);
    else this.#stream.write(`${text}\n`);
  }

  /** Takes the line off the terminal again. */
  end(): void {
    if (this.#stream.isTTY) this.#rewrite('');
  }

  #rewrite(text: string): void {
    this.#stream.cursorTo(0);
    this.#stream.clearLine(1);
    this.#stream.write(text);
  }
}
