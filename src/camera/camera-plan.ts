/** What has to be done about the cameras that run, so that they are those that are wanted. */
import {
  cameraSettings,
  type CameraConfig,
  type CameraDefaults,
  type CameraSettings,
} from './camera-config.js';
import { checkCameraUrl, streamIdentity, type FileRules } from './camera-url.js';
import { activeCells } from '../zones.js';

/** The part of a configuration that cameras come from. */
export interface ConfiguredCameras {
  cameras: Readonly<Record<string, CameraConfig>>;
  defaults: CameraDefaults;
}

export interface CameraPlan {
  /** Ids. */
  removed: string[];
  added: CameraSettings[];
  changed: CameraChange[];
}

export interface CameraChange {
  settings: CameraSettings;
  /** Its stream has to be opened anew; everything else applies while it goes on. */
  restart: boolean;
  /** Its scores mean something else from now on: what was learned is of no use. */
  relearn: boolean;
}

/** The cameras of a configuration, over the defaults, with the URLs to open. Throws `camera.url_refused`. */
export function configuredCameras(
  { cameras, defaults }: ConfiguredCameras,
  rules: FileRules,
): CameraSettings[] {
  return Object.entries(cameras).map(([id, own]) => {
    const settings = cameraSettings({ defaults }, id, own);
    return { ...settings, url: checkCameraUrl(settings.url, rules) };
  });
}

/**
 * Those of the configuration, and the `fixed` ones of the command line or the demo, which win. The latter have no
 * settings of their own beside name and URL, so the defaults, which may have changed, are theirs. Throws
 * `camera.url_refused`.
 */
export function wantedCameras(
  config: ConfiguredCameras,
  rules: FileRules,
  fixed: readonly CameraSettings[],
): CameraSettings[] {
  const { vad, live } = config.defaults;
  const isFixed = new Set(fixed.map(({ id }) => id));
  return [
    ...configuredCameras(config, rules).filter(({ id }) => !isFixed.has(id)),
    ...fixed.map((camera) => ({ ...camera, vad, live })),
  ];
}

/** Compares cameras by id; pure. A camera of `running` that is as it should be is in none of the lists. */
export function planCameras(
  running: readonly CameraSettings[],
  wanted: readonly CameraSettings[],
): CameraPlan {
  const isWanted = new Set(wanted.map(({ id }) => id));
  const current = new Map(running.map((settings) => [settings.id, settings]));
  const plan: CameraPlan = {
    removed: running.filter(({ id }) => !isWanted.has(id)).map(({ id }) => id),
    added: [],
    changed: [],
  };
  for (const settings of wanted) {
    const before = current.get(settings.id);
    if (before === undefined) plan.added.push(settings);
    else if (!isSame(before, settings)) plan.changed.push(changeOf(before, settings));
  }
  return plan;
}

function changeOf(before: CameraSettings, settings: CameraSettings): CameraChange {
  const otherReading = before.vad.model !== settings.vad.model || before.vad.fps !== settings.vad.fps;
  const otherScene = streamIdentity(before.url) !== streamIdentity(settings.url);
  return {
    settings,
    restart: otherReading || before.url !== settings.url || before.transport !== settings.transport,
    relearn: otherReading || otherScene || !isSame(cellsOf(before), cellsOf(settings)),
  };
}

function cellsOf({ zones, masks }: CameraSettings): number[] {
  return [...activeCells(zones, masks)];
}

/** Settings are plain data of one schema, whose keys come in one order. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
