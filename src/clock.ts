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

/** Resolves after `delayMs`, or at once when `signal` aborts. */
export function wait(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const done = (): void => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(delayMs, done);
    signal?.addEventListener('abort', done);
  });
}

/** Calls `run` every `periodMs` until the returned function is called. */
export function every(clock: Clock, periodMs: number, run: () => void): () => void {
  let cancel = clock.after(periodMs, again);
  function again(): void {
    cancel = clock.after(periodMs, again);
    run();
  }
  return () => {
    cancel();
  };
}
