/** Where a long command has got to: on a terminal one line that is written over, else a line for each text. */
export class StatusLine {
  readonly #stream: NodeJS.WriteStream;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  get isTerminal(): boolean {
    return this.#stream.isTTY;
  }

  show(text: string): void {
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
