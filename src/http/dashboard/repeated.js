/** Does something now and again while a view is shown, one at a time, and not while nobody sees the page. */
export class Repeated {
  #action;
  #periodMs;
  #next = null;
  #isOn = false;

  /** `action` must not throw. */
  constructor(action, periodMs) {
    this.#action = action;
    this.#periodMs = periodMs;
  }

  start() {
    this.stop();
    this.#isOn = true;
    void this.#run();
  }

  stop() {
    this.#isOn = false;
    clearTimeout(this.#next);
  }

  async #run() {
    if (!document.hidden) await this.#action();
    clearTimeout(this.#next);
    if (this.#isOn) this.#next = setTimeout(() => void this.#run(), this.#periodMs);
  }
}
