/** What ends a line early would let a value write lines of its own. */
const lineBreak = /[\0\r\n]/;

/**
 * What is used here of the standard Headers, which check each name and value several times and sort them whenever they
 * are read: with uWS on the other side, that costs more than most handlers do.
 */
export class LightHeaders implements Iterable<[string, string]> {
  /** By names in lower case. */
  readonly #values = new Map<string, string>();

  constructor(init: Readonly<Record<string, string>> = {}) {
    for (const name of Object.keys(init)) this.set(name, init[name] ?? '');
  }

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null;
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  /** Throws a TypeError for a value that would break the line, as the standard ones do. */
  set(name: string, value: string): void {
    if (lineBreak.test(value)) throw new TypeError(`the header ${name} holds a line break`);
    this.#values.set(name.toLowerCase(), value);
  }

  append(name: string, value: string): void {
    const held = this.#values.get(name.toLowerCase());
    this.set(name, held === undefined ? value : `${held}, ${value}`);
  }

  delete(name: string): void {
    this.#values.delete(name.toLowerCase());
  }

  forEach(visit: (value: string, name: string) => void): void {
    this.#values.forEach(visit);
  }

  entries(): MapIterator<[string, string]> {
    return this.#values.entries();
  }

  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.entries();
  }
}
