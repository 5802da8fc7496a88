import { createHash } from 'node:crypto';
import type { CalibrationReason, CalibrationState, Certainty } from '../../calibration-state.js';
import type { CameraSettings } from '../../camera/camera-config.js';
import { streamIdentity } from '../../camera/camera-url.js';
import { AppError } from '../../errors.js';
import { withBudget, type Calibration, type Footage } from '../../scoring/calibration.js';
import type { Detector } from '../../scoring/detector.js';
import { sampleLength } from '../../scoring/frame-sample.js';
import {
  addVersion,
  calibrationSchema,
  describeVersion,
  type CalibrationVersion,
  type SavedCalibrations,
} from '../../scoring/saved-calibrations.js';
import { S_PER_MINUTE } from '../../units.js';
import type { VadModelName } from '../../vad-model.js';
import { activeCells } from '../../zones.js';

/** Until there is as much footage, fits belong to the camera's start. */
const START_S = 600;

export interface CalibratedCamera {
  id: string;
  model: VadModelName;
  /** The false-alarm budget, at first. */
  alarmsPerDay: number;
  /** What scores depend on beside the calibration: one of another basis is not used. */
  basis: string;
  detector: Pick<Detector, 'learning' | 'use' | 'resume' | 'learnAnew' | 'takeFootage'>;
}

/** `graphs`: those that the camera's readings come from, with their hashes; their scores are like no other's. */
export function calibratedCamera(
  { id, url, vad, zones, masks }: CameraSettings,
  detector: CalibratedCamera['detector'],
  graphs: readonly { name: string; sha256: string }[],
): CalibratedCamera {
  const seen = createHash('sha256').update(activeCells(zones, masks)).digest('hex');
  const read = graphs.map(({ name, sha256 }) => `${name} ${sha256}`).sort();
  const stream = createHash('sha256').update(streamIdentity(url)).digest('hex');
  const basis = [vad.model, `${vad.fps} FPS`, `cells ${seen}`, `stream ${stream}`, ...read].join(', ');
  return { id, model: vad.model, alarmsPerDay: vad.alarms_per_day, basis, detector };
}

/** Footage that a calibration is to be fitted to. */
export interface DueFit {
  footage: Footage;
  alarmsPerDay: number;
  reason: CalibrationReason;
}

/** One camera's calibrations: the versions, the one in use, and whether another one was asked for. */
export class CameraCalibration {
  readonly #camera: CalibratedCamera;
  #alarmsPerDay: number;
  /** Oldest first; the last one is in use. */
  #versions: CalibrationVersion[] = [];
  #requested = false;
  /** The fit under way; null also when learning has started over, so that its result is thrown away. */
  #due: DueFit | null = null;
  #lastFailure: AppError | null = null;

  constructor(camera: CalibratedCamera) {
    this.#camera = camera;
    this.#alarmsPerDay = camera.alarmsPerDay;
  }

  get state(): CalibrationState {
    const { id, model, detector } = this.#camera;
    const { seconds, fitAtS } = detector.learning;
    const described = this.#versions.map((version) => describeVersion(version, this.#alarmsPerDay)).reverse();
    const failure = this.#lastFailure;
    return {
      camera: id,
      model,
      learning: {
        seconds,
        fit_at_s: fitAtS,
        requested: this.#requested,
        fitting: this.#due !== null,
      },
      current: described[0] ?? null,
      versions: described,
      last_failure: failure && { code: failure.code, message: failure.message },
    };
  }

  get certainty(): Certainty | null {
    return this.current && describeVersion(this.current, this.#alarmsPerDay).certainty;
  }

  get current(): CalibrationVersion | null {
    return this.#versions.at(-1) ?? null;
  }

  /** To be stored. */
  get saved(): SavedCalibrations {
    return { basis: this.#camera.basis, versions: this.#versions };
  }

  /** Goes on with the versions of an earlier run, if they were made for the same scores. */
  restore({ basis, versions }: SavedCalibrations): void {
    if (basis !== this.#camera.basis) return;
    this.#versions = versions;
    this.#spend();
    if (this.current !== null) this.#camera.detector.resume(this.current.calibration);
  }

  /** Sets the thresholds by another budget of false alarms; what was learned stays. */
  setBudget(alarmsPerDay: number): void {
    this.#alarmsPerDay = alarmsPerDay;
    this.#spend();
    if (this.current !== null) this.#camera.detector.use(this.current.calibration);
  }

  /** Learns from the coming minutes, whatever they show. Throws `calibration.under_way`. */
  request(minutes: number): void {
    const { id, detector } = this.#camera;
    if (this.#requested) {
      const message = `camera ${id} is being calibrated already; wait for it, or revert to give it up`;
      throw new AppError('calibration.under_way', message, { camera: id });
    }
    this.#startOver(true);
    this.#lastFailure = null;
    detector.learnAnew(minutes * S_PER_MINUTE);
  }

  /** Uses an older version again, as it was then. Throws `calibration.version_not_found`. */
  revert(version: number, wallTime: number): void {
    const { id, detector } = this.#camera;
    const older = this.#versions.find((other) => other.version === version);
    if (older === undefined) {
      const known = this.#versions.map((other) => other.version).join(', ');
      const message = `camera ${id} has no calibration ${version}; it has ${known === '' ? 'none' : known}`;
      throw new AppError('calibration.version_not_found', message, { camera: id, version });
    }
    this.#startOver(false);
    detector.resume(older.calibration);
    this.#add('reverted', older.calibration, wallTime);
  }

  /** Changes the calibration in use by a frame sample of the camera's model; false when there is nothing to change. */
  amend(
    sample: readonly number[],
    change: (calibration: Calibration, sample: readonly number[]) => Calibration,
    wallTime: number,
  ): boolean {
    const current = this.current?.calibration;
    if (current === undefined || sample.length !== sampleLength(current.model)) return false;
    const changed = change(current, sample);
    if (changed === current) return false;
    this.#camera.detector.use(changed);
    this.#add('feedback', changed, wallTime);
    return true;
  }

  /** Null while no fit is due. */
  takeDue(): DueFit | null {
    const { detector } = this.#camera;
    const byItself = detector.learning.fitAtS <= START_S ? 'start' : 'drift';
    const footage = detector.takeFootage();
    if (footage === null) return null;
    this.#due = {
      footage,
      alarmsPerDay: this.#alarmsPerDay,
      reason: this.#requested ? 'on request' : byItself,
    };
    return this.#due;
  }

  /** Uses what was fitted; false when learning has started over meanwhile. Throws `calibration.failed`. */
  accept(due: DueFit, fitted: Calibration, wallTime: number): boolean {
    if (due !== this.#due) return false;
    const forgiven = this.current?.calibration.forgiven ?? [];
    const isOfBudget = due.alarmsPerDay === this.#alarmsPerDay;
    const spent = isOfBudget ? usable(fitted) : withBudget(usable(fitted), this.#alarmsPerDay);
    const calibration = { ...spent, forgiven };
    this.#startOver(false);
    this.#lastFailure = null;
    this.#camera.detector.use(calibration);
    this.#add(due.reason, calibration, wallTime);
    return true;
  }

  /** The fit failed; the next one will have more footage. */
  fail(due: DueFit, error: AppError): void {
    if (due !== this.#due) return;
    this.#startOver(false);
    this.#lastFailure = error;
  }

  #spend(): void {
    this.#versions = this.#versions.map((version) => ({
      ...version,
      calibration: withBudget(version.calibration, this.#alarmsPerDay),
    }));
  }

  /** What is learned from now on was asked for or not; a fit under way no longer counts. */
  #startOver(requested: boolean): void {
    this.#requested = requested;
    this.#due = null;
  }

  #add(reason: CalibrationReason, calibration: Calibration, fittedAt: number): void {
    this.#versions = addVersion(this.#versions, { reason, calibration, fittedAt });
  }
}

/** Throws `calibration.failed`: too little footage gives figures that are no numbers. */
function usable(fitted: Calibration): Calibration {
  const parsed = calibrationSchema.safeParse(fitted);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new AppError('calibration.failed', `the fit gave no calibration: ${where} is out of range`);
}
