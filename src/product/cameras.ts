/** The cameras as they are configured, and how that changes while they run. */
import { calibratedCamera } from '../actors/calibration/camera-calibration.js';
import { CameraDesk } from '../actors/cameras/camera-desk.js';
import { CameraTrials } from '../actors/cameras/camera-trial.js';
import type { Calibrations } from '../actors/calibration/calibrations.js';
import type { Camera } from '../actors/cameras/camera.js';
import type { Fleet } from '../actors/cameras/fleet.js';
import { FleetChanges, type FleetChange } from '../actors/cameras/fleet-changes.js';
import type { Gpu } from '../actors/gpu.js';
import { PausedCameras } from '../actors/cameras/paused-cameras.js';
import type { Writer } from '../actors/events/writer.js';
import { wantedCameras } from '../camera/camera-plan.js';
import type { Clock } from '../clock.js';
import type { Config } from '../config/config.js';
import type { AppError } from '../errors.js';
import { workerEntry } from '../paths.js';
import type { Settings } from '../config/settings.js';
import type { Launch } from '../product-options.js';
import { graphsOf, type VadGraph } from '../vad-model.js';

export interface ProductCamerasOptions {
  launch: Pick<Launch, 'loaded' | 'cameras'>;
  settings: Settings;
  clock: Clock;
  fleet: Fleet;
  gpu: Gpu;
  writer: Writer;
  calibrations: Calibrations;
  onChanged: (change: FleetChange, requestId: string | null) => void;
  onCrowded: (cameras: number, tried: number) => void;
  onFailure: (what: string, error: AppError) => void;
}

export type ProductCameras = ReturnType<typeof productCameras>;

export function productCameras(options: ProductCamerasOptions) {
  const { launch, settings, clock, fleet, gpu, writer, calibrations, onFailure } = options;
  const { fixedCameras, base } = launch.loaded.source;
  const fixed = launch.cameras.filter(({ id }) => fixedCameras.has(id));
  const fileRules = ({ media_dir: mediaDir }: Config) => ({ base, mediaDir });
  const paused = new PausedCameras({
    loadState: (key) => writer.loadState(key),
    saveState: (key, value) => writer.saveState(key, value),
    onFailure: (error) => {
      onFailure('which cameras are paused is not known', error);
    },
  });
  const changes = new FleetChanges({
    fleet,
    paused,
    calibrations,
    useGraphs: (graphs) => gpu.useGraphs(graphs),
    calibrate: ({ camera, detector }) =>
      calibrations.add(calibratedCamera(camera.settings, detector, graphsRead(gpu, camera))),
    onChanged: options.onChanged,
    onCrowded: options.onCrowded,
  });
  const trials = new CameraTrials({
    clock,
    entry: workerEntry('camera'),
    decode: launch.loaded.config.decode,
  });
  const desk = new CameraDesk({
    settings,
    fleet,
    changes,
    trials,
    originOf: (camera) => fixedCameras.get(camera) ?? null,
    fileRules: () => fileRules(settings.config),
  });
  return {
    paused,
    changes,
    trials,
    desk,
    /** Makes the cameras those of a configuration. Throws the first failure; the others are changed all the same. */
    configure: (config: Config, requestId: string | null) =>
      changes.apply(wantedCameras(config, fileRules(config), fixed), requestId),
  };
}

/** The graphs that a camera's readings come from. */
export function graphsRead(gpu: Gpu, { settings }: Camera): { name: VadGraph; sha256: string }[] {
  return gpu.models.filter(({ name }) => graphsOf[settings.vad.model].includes(name));
}
