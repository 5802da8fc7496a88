import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { AppError } from '../../errors.js';
import { workerEntry } from '../../paths.js';
import type { Calibration, fitCalibration } from '../../scoring/calibration.js';

/** The thread goes away when nothing was fitted for so long. */
const IDLE_MS = 10_000;
/** Cores belong to the VAD first. */
const NICE = 10;

type Fit = typeof fitCalibration;

/** Fits calibrations in a thread of its own, which is there only while it is needed. */
export class CalibrationPool {
  readonly #pool: Piscina<Parameters<Fit>, Calibration>;

  constructor() {
    this.#pool = new Piscina({
      filename: fileURLToPath(workerEntry('calibration')),
      minThreads: 0,
      maxThreads: 1,
      maxQueue: 1,
      idleTimeout: IDLE_MS,
      niceIncrement: NICE,
    });
    // Without a listener a thread that dies idle would throw; the next fit starts another.
    this.#pool.on('error', () => undefined);
  }

  get threads(): number {
    return this.#pool.threads.length;
  }

  /** One at a time. Throws `calibration.failed`, also when the pool is closed meanwhile. */
  async fit(...task: Parameters<Fit>): Promise<Calibration> {
    const lost = new AbortController();
    // A thread that dies before it has taken the task leaves it in the queue for ever.
    const abort = (error: unknown): void => {
      lost.abort(error);
    };
    this.#pool.once('error', abort);
    try {
      return await this.#pool.run(task, { signal: lost.signal });
    } catch (thrown) {
      throw new AppError('calibration.failed', 'a calibration could not be fitted', {}, thrown);
    } finally {
      this.#pool.off('error', abort);
    }
  }

  /** Ends the thread, and with it what it fits: that is JavaScript only, so nothing native is cut off. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}
