/** What operators read in the log of the product as a whole: one line for each thing that happened to a part of it. */
import type { CalibrationVersion } from '../scoring/saved-calibrations.js';
import type { Camera } from '../actors/cameras/camera.js';
import type { Connection } from '../actors/cameras/camera-state.js';
import type { FleetChange } from '../actors/cameras/fleet-changes.js';
import type { Load, Overload } from '../actors/cameras/overload-state.js';
import type { SupervisorEvent } from '../actors/kernel/supervisor.js';
import type { AppError } from '../errors.js';
import type { Logger, LogSubject } from '../log.js';

export class ProductLog {
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** `what`: what does not work because of the error. */
  readonly failed = (what: string, error: AppError, about: LogSubject = {}): void => {
    this.#log.warn({ ...about, ...error.toRecord() }, what);
  };

  /** The same for a part that fails in one way only. */
  failing(what: string): (error: AppError) => void {
    return (error) => {
      this.failed(what, error);
    };
  }

  /** `requestId`: null when the file itself was changed. */
  configured(settings: readonly string[], requestId: string | null): void {
    const by = requestId === null ? { by: 'file' } : { by: 'api', request_id: requestId };
    this.#log.info({ settings, ...by }, 'configuration changed');
  }

  calibrated(camera: string, { version, reason, calibration }: CalibrationVersion): void {
    const { seconds, threshold } = calibration;
    this.#log.info({ camera, version, reason, seconds, threshold }, 'calibrated');
  }

  cameraChanged(change: FleetChange, requestId: string | null): void {
    this.#log.info({ ...change, request_id: requestId ?? undefined }, 'camera changed');
  }

  crowded(running: number, tried: number): void {
    this.#log.warn({ running, tried }, 'more cameras than were tried on one machine');
  }

  overloaded({ state, because }: Overload, load: Load): void {
    this.#log.warn({ state, because, ...load }, 'overload');
  }

  supervised(event: SupervisorEvent): void {
    if (event.type === 'failed')
      this.#log.error({ ...event.error.toRecord(), restart_in_ms: event.restartInMs }, `${event.id} failed`);
    if (event.type === 'gaveUp') this.#log.error(event.error.toRecord(), `${event.id} failed too often`);
  }

  connectionChanged({ id, connection, info }: Camera, previous: Connection): void {
    const { state, lastError } = connection;
    const details = { camera: id, from: previous.state, to: state };
    if (state === 'backing_off' || state === 'quarantined')
      this.#log.warn({ ...details, error: lastError }, 'camera');
    else this.#log.info(details, 'camera');
    const begins = state === 'streaming' && previous.state !== 'streaming';
    if (begins && info?.warning !== undefined)
      this.#log.warn({ camera: id, reason: info.warning }, 'decoding');
  }
}
