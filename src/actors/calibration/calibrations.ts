import type { CalibrationState, Certainty } from '../../calibration-state.js';
import { every, type Clock } from '../../clock.js';
import { AppError } from '../../errors.js';
import { forgive, unforgive, type Calibration, type Footage } from '../../scoring/calibration.js';
import { restoreCalibrations, type CalibrationVersion } from '../../scoring/saved-calibrations.js';
import { CameraCalibration, type CalibratedCamera, type DueFit } from './camera-calibration.js';
import type { Child } from '../kernel/supervisor.js';

/** How often the detectors are asked for footage to fit to. */
const PERIOD_MS = 1_000;

export interface CalibrationsOptions {
  clock: Clock;
  pool: {
    fit(footage: Footage, alarmsPerDay: number): Promise<Calibration>;
    close(): Promise<void>;
  };
  loadState: (key: string) => Promise<unknown>;
  saveState: (key: string, value: unknown) => Promise<void>;
  /** A version is in use from now on. */
  onAdopted: (camera: string, version: CalibrationVersion) => void;
  /** A fit failed, or what is stored cannot be read or written. */
  onFailure: (camera: string, error: AppError) => void;
}

/** Fits the cameras' calibrations, keeps them across restarts, and does what people ask to be done about them. */
export class Calibrations {
  readonly #options: CalibrationsOptions;
  readonly #cameras = new Map<string, CameraCalibration>();
  #fitting = false;
  #stopped = false;
  #saved: Promise<void> = Promise.resolve();
  #fits = 0;
  #failedFits = 0;

  constructor(options: CalibrationsOptions) {
    this.#options = options;
  }

  /** Since the start. */
  get counters(): { fits: number; failedFits: number } {
    return { fits: this.#fits, failedFits: this.#failedFits };
  }

  /** For the supervisor. A fit under way at the stop is given up. */
  start(): Promise<Child> {
    const cancel = every(this.#options.clock, PERIOD_MS, () => void this.#fitWhatIsDue());
    let end: (error: null) => void = () => undefined;
    const exited = new Promise<null>((resolve) => (end = resolve));
    const stop = async (): Promise<void> => {
      cancel();
      this.#stopped = true;
      await this.#options.pool.close();
      await this.#saved;
      end(null);
    };
    return Promise.resolve({ exited, stop });
  }

  /** Takes a camera in; it scores at once if it was calibrated in an earlier run. Never throws. */
  async add(camera: CalibratedCamera): Promise<void> {
    const calibration = new CameraCalibration(camera);
    this.#cameras.set(camera.id, calibration);
    try {
      const saved = await this.#options.loadState(keyOf(camera.id));
      if (saved !== null) calibration.restore(restoreCalibrations(saved));
    } catch (thrown) {
      this.#options.onFailure(camera.id, AppError.from(thrown));
    }
  }

  /** Sets a camera's thresholds by another budget of false alarms; nothing for one that is not known. */
  setBudget(id: string, alarmsPerDay: number): void {
    this.#cameras.get(id)?.setBudget(alarmsPerDay);
  }

  /** Lets go of a camera; what is stored of it stays. */
  remove(id: string): void {
    this.#cameras.delete(id);
  }

  /** Throws `camera.not_found`. */
  state(id: string): CalibrationState {
    return this.#require(id).state;
  }

  /** How far the calibration in use can be relied on; null while there is none, or no such camera. */
  certainty(id: string): Certainty | null {
    return this.#cameras.get(id)?.certainty ?? null;
  }

  /**
   * Has the camera learn from the coming minutes, whatever they show. Throws `camera.not_found` and
   * `calibration.under_way`.
   */
  calibrate(id: string, minutes: number): CalibrationState {
    const calibration = this.#require(id);
    calibration.request(minutes);
    return calibration.state;
  }

  /**
   * Uses an older version again, as it was then, and forgets what was learned since. Throws `camera.not_found` and
   * `calibration.version_not_found`.
   */
  async revert(id: string, version: number): Promise<CalibrationState> {
    const calibration = this.#require(id);
    calibration.revert(version, this.#options.clock.wallTime());
    await this.#adopted(id, calibration);
    return calibration.state;
  }

  /** Scores lower, from now on, what is like a frame sample of the camera's model; one of another is ignored. */
  async forgive(id: string, sample: readonly number[]): Promise<void> {
    await this.#amend(id, sample, forgive);
  }

  /** Takes {@link forgive} back. */
  async unforgive(id: string, sample: readonly number[]): Promise<void> {
    await this.#amend(id, sample, unforgive);
  }

  async #amend(id: string, sample: readonly number[], change: typeof forgive): Promise<void> {
    const calibration = this.#cameras.get(id);
    const wallTime = this.#options.clock.wallTime();
    if (calibration?.amend(sample, change, wallTime) === true) await this.#adopted(id, calibration);
  }

  /** One after the other: until its turn, a camera goes on collecting, so that nothing queues up. */
  async #fitWhatIsDue(): Promise<void> {
    if (this.#fitting) return;
    this.#fitting = true;
    for (const [id, calibration] of this.#cameras) {
      if (this.#stopped) break;
      const due = calibration.takeDue();
      if (due !== null) await this.#fit(id, calibration, due);
    }
    this.#fitting = false;
  }

  async #fit(id: string, calibration: CameraCalibration, due: DueFit): Promise<void> {
    const { pool, clock, onFailure } = this.#options;
    const isGone = (): boolean => this.#stopped || this.#cameras.get(id) !== calibration;
    try {
      const fitted = await pool.fit(due.footage, due.alarmsPerDay);
      if (isGone() || !calibration.accept(due, fitted, clock.wallTime())) return;
      this.#fits += 1;
      await this.#adopted(id, calibration);
    } catch (thrown) {
      if (isGone()) return;
      const error = AppError.from(thrown);
      this.#failedFits += 1;
      calibration.fail(due, error);
      onFailure(id, error);
    }
  }

  /** What cannot be saved is in use all the same, and saved with the next version. Never throws. */
  async #adopted(id: string, calibration: CameraCalibration): Promise<void> {
    const { saveState, onAdopted, onFailure } = this.#options;
    if (calibration.current !== null) onAdopted(id, calibration.current);
    this.#saved = saveState(keyOf(id), calibration.saved).catch((thrown: unknown) => {
      onFailure(id, AppError.from(thrown));
    });
    await this.#saved;
  }

  #require(id: string): CameraCalibration {
    const calibration = this.#cameras.get(id);
    if (calibration === undefined)
      throw new AppError('camera.not_found', `there is no camera ${id}`, { camera: id });
    return calibration;
  }
}

function keyOf(camera: string): string {
  return `calibration:${camera}`;
}
