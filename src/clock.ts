/** Time as the product sees it. Injected everywhere, so that tests move it by hand. */
export interface Clock {
  /** Milliseconds from an arbitrary origin; never goes back, whatever happens to the system's date. */
  monotonicMs(): number;
  /** Unix time in seconds, following the system's clock, jumps included. */
  wallTime(): number;
  /** Calls `run` once after `delayMs`; the returned function cancels it. The timer does not keep the process alive. */
  after(delayMs: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallTime: () => Date.now() / 1000,
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
};
