import type { CameraSettings } from '../../camera/camera-config.js';
import { planCameras, type CameraChange } from '../../camera/camera-plan.js';
import { AppError } from '../../errors.js';
import type { VadGraph } from '../../vad-model.js';
import type { Calibrations } from '../calibration/calibrations.js';
import type { Fleet } from './fleet.js';
import type { FleetMember } from './fleet-member.js';
import type { PausedCameras } from './paused-cameras.js';

/** So many cameras were tried together; more may overload the machine. */
const TRIED_CAMERAS = 16;

export interface FleetChangesOptions {
  fleet: Pick<
    Fleet,
    | 'members'
    | 'get'
    | 'require'
    | 'graphs'
    | 'add'
    | 'start'
    | 'startCameras'
    | 'pause'
    | 'resume'
    | 'remove'
    | 'change'
  >;
  paused: Pick<PausedCameras, 'has' | 'set'>;
  calibrations: Pick<Calibrations, 'setBudget' | 'remove'>;
  /** Has these graphs loaded and others released. Never throws. */
  useGraphs: (graphs: readonly VadGraph[]) => Promise<void>;
  /** Has a camera calibrated from now on, by what is stored of it or from nothing. Never throws. */
  calibrate: (member: FleetMember) => Promise<void>;
  /** Told of each change that was made, and the request that asked for it; null when none did. */
  onChanged: (change: FleetChange, requestId: string | null) => void;
  /** More cameras run than were ever tried on one machine. */
  onCrowded: (cameras: number, tried: number) => void;
}

/** What became of a camera. */
export type FleetChange =
  | { camera: string; change: 'added' | 'removed' | 'paused' | 'resumed' }
  | ({ camera: string; change: 'changed' } & Pick<CameraChange, 'restart' | 'relearn'>);

/**
 * The one door to changes of the cameras while the product runs: one change after the other, each told only what it has
 * to do. A change that asks for what is already so does nothing.
 */
export class FleetChanges {
  readonly #options: FleetChangesOptions;
  #start: () => void = () => undefined;
  /** Settles with the last change; the first one waits for the cameras of the start. */
  #lastTurn: Promise<unknown> = new Promise<void>((resolve) => (this.#start = resolve));

  constructor(options: FleetChangesOptions) {
    this.#options = options;
  }

  /** Starts the cameras that the fleet has, once what they feed is up, and then makes the changes asked for meanwhile. */
  async start(): Promise<void> {
    const { fleet, paused, calibrate } = this.#options;
    for (const member of fleet.members) await calibrate(member);
    await fleet.startCameras((id) => paused.has(id));
    this.#warnOfCrowd();
    this.#start();
  }

  /**
   * Makes the cameras those that are wanted, as far as they are not, and resolves when they are. What fails for one
   * does not keep the others from it, and is tried again by the next call. Throws the first failure.
   */
  apply(wanted: readonly CameraSettings[], requestId: string | null): Promise<void> {
    return this.#inTurn(async () => {
      const { fleet } = this.#options;
      const running = fleet.members.map(({ camera }) => camera.settings);
      const plan = planCameras(running, wanted);
      const before = fleet.graphs.join();
      const failures = [
        ...(await failuresOf(plan.removed, (id) => this.#remove(id, requestId))),
        ...(await failuresOf(plan.added, (settings) => fleet.add(settings))),
        ...(await failuresOf(plan.changed, (change) => this.#change(change, requestId))),
      ];
      // A calibration belongs to the graphs that are loaded.
      if (fleet.graphs.join() !== before) await this.#options.useGraphs(fleet.graphs);
      failures.push(
        ...(await failuresOf(plan.changed, (change) => this.#recalibrate(change))),
        ...(await failuresOf(plan.added, ({ id }) => this.#startAdded(id, requestId))),
      );
      if (plan.added.length > 0) this.#warnOfCrowd();
      if (failures[0] !== undefined) throw failures[0];
    });
  }

  /** Resolves when the camera decodes nothing any more and this is durable. Throws `camera.not_found`, `store.*`. */
  pause(id: string, requestId: string | null): Promise<void> {
    return this.#inTurn(async () => {
      const { fleet, paused } = this.#options;
      const isPaused = fleet.require(id).camera.connection.state === 'paused';
      await paused.set(id, true);
      if (isPaused) return;
      await fleet.pause(id);
      this.#options.onChanged({ camera: id, change: 'paused' }, requestId);
    });
  }

  /** Throws `camera.not_found`, `store.*`. */
  resume(id: string, requestId: string | null): Promise<void> {
    return this.#inTurn(async () => {
      const { fleet, paused } = this.#options;
      const isPaused = fleet.require(id).camera.connection.state === 'paused';
      await paused.set(id, false);
      if (!isPaused) return;
      await fleet.resume(id);
      this.#options.onChanged({ camera: id, change: 'resumed' }, requestId);
    });
  }

  async #change(change: CameraChange, requestId: string | null): Promise<void> {
    const { restart, relearn, settings } = change;
    await this.#options.fleet.change(change);
    this.#options.onChanged({ camera: settings.id, change: 'changed', restart, relearn }, requestId);
  }

  async #remove(id: string, requestId: string | null): Promise<void> {
    const { fleet, calibrations, paused, onChanged } = this.#options;
    await fleet.remove(id);
    onChanged({ camera: id, change: 'removed' }, requestId);
    calibrations.remove(id);
    await paused.set(id, false);
  }

  async #startAdded(id: string, requestId: string | null): Promise<void> {
    const { fleet, calibrate } = this.#options;
    const member = fleet.get(id);
    if (member === undefined) return;
    await calibrate(member);
    await fleet.start(id);
    this.#options.onChanged({ camera: id, change: 'added' }, requestId);
  }

  async #recalibrate({ settings, relearn }: CameraChange): Promise<void> {
    const { fleet, calibrations, calibrate } = this.#options;
    const member = fleet.get(settings.id);
    if (relearn && member !== undefined) await calibrate(member);
    else calibrations.setBudget(settings.id, settings.vad.alarms_per_day);
  }

  #warnOfCrowd(): void {
    const { fleet, onCrowded } = this.#options;
    if (fleet.members.length > TRIED_CAMERAS) onCrowded(fleet.members.length, TRIED_CAMERAS);
  }

  #inTurn(change: () => Promise<void>): Promise<void> {
    const turn = this.#lastTurn.then(change);
    this.#lastTurn = turn.catch(() => undefined);
    return turn;
  }
}

/** What went wrong, one after the other; the rest is done all the same. */
async function failuresOf<T>(items: readonly T[], run: (item: T) => Promise<unknown>): Promise<AppError[]> {
  const failures = [];
  for (const item of items) {
    try {
      await run(item);
    } catch (thrown) {
      failures.push(AppError.from(thrown));
    }
  }
  return failures;
}
