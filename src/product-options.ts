/** The options of the product itself: which configuration, which cameras. */
import path from 'node:path';
import { z } from 'zod';
import { staysOnMachine } from './access/access.js';
import { readTokens } from './access/tokens-file.js';
import { cameraIdSchema, cameraSettings, type CameraSettings } from './camera/camera-config.js';
import { configuredCameras } from './camera/camera-plan.js';
import { checkCameraUrl } from './camera/camera-url.js';
import type { Config } from './config/config.js';
import { loadConfig, loadSource, type ConfigSource, type LoadedConfig } from './config/file.js';
import { environmentOverrides, type Override } from './config/overrides.js';
import { demoCameras } from './demo/demo-cameras.js';
import { AppError } from './errors.js';
import { packagePath } from './paths.js';

/** What the command line asks for, validated. */
export interface Launch {
  config: Config;
  /** Where `config` comes from, for those who change it while the product runs. */
  loaded: LoadedConfig;
  cameras: CameraSettings[];
  /** The cameras are those of the built-in demo. */
  demo: boolean;
  /** Files end at their end, and the process with the last of them. */
  once: boolean;
}

/** As they are given. */
export interface ProductOptions {
  config?: string;
  camera?: string[];
  once?: boolean;
  host?: string;
  port?: string;
  dataDir?: string;
}

/** What the product is to watch. Throws `config.invalid`, `camera.url_refused`. */
export function launchOf(options: ProductOptions, environment: NodeJS.ProcessEnv): Launch {
  const loaded = loadSource(sourceOf(options, environment));
  const { source, config } = loaded;
  refuseOpenDoor(config);
  const chosen = chooseCameras(options, config, source.base);
  const demo = chosen === null;
  const fixedCameras = demo ? source.fixedCameras : namedCameras(options);
  return {
    config,
    loaded: { ...loaded, source: { ...source, fixedCameras } },
    cameras: chosen ?? demoCameraSettings(config),
    demo,
    once: options.once === true,
  };
}

/** For commands that open no camera. */
export function configOf(options: ProductOptions, environment: NodeJS.ProcessEnv): LoadedConfig {
  return loadSource(sourceOf(options, environment), { opensCameras: false });
}

/** The file asked for, or else the product's own in its data folder. */
export function sourceOf(options: ProductOptions, environment: NodeJS.ProcessEnv): ConfigSource {
  const overrides = [...environmentOverrides(environment), ...optionOverrides(options)];
  if (options.config !== undefined) {
    const file = path.resolve(options.config);
    const base = path.dirname(file);
    return { file, isOwn: false, base, overrides, environment, fixedCameras: namedCameras(options) };
  }
  const dataDir = loadConfig(undefined, overrides, environment).data_dir;
  const fixedCameras = options.camera === undefined ? demoCamerasById() : namedCameras(options);
  const file = path.resolve(dataDir, 'config.yaml');
  return { file, isOwn: true, base: process.cwd(), overrides, environment, fixedCameras };
}

function namedCameras({ camera = [] }: ProductOptions): Map<string, string> {
  return new Map(camera.map((text) => [text.slice(0, Math.max(text.indexOf('='), 0)), '--camera']));
}

function demoCamerasById(): Map<string, string> {
  return new Map(demoCameras.map(({ id }) => [id, 'the built-in demo']));
}

function optionOverrides(options: ProductOptions): Override[] {
  const overrides: Override[] = [];
  if (options.host !== undefined)
    overrides.push({ path: ['http', 'host'], value: options.host, origin: '--host' });
  if (options.port !== undefined) {
    overrides.push({ path: ['http', 'port'], value: Number(options.port), origin: '--port' });
  }
  if (options.dataDir !== undefined) {
    overrides.push({ path: ['data_dir'], value: options.dataDir, origin: '--data-dir' });
  }
  return overrides;
}

/** Null when none are asked for: the demo's are shown then. */
function chooseCameras(options: ProductOptions, config: Config, base: string): CameraSettings[] | null {
  const given = options.camera ?? [];
  const named = given.map((text) => commandLineCamera(text, config));
  const configured = configuredCameras(config, { base, mediaDir: config.media_dir });
  if (named.length === 0 && configured.length === 0 && options.config === undefined) return null;
  const byId = new Map([...configured, ...named].map((settings) => [settings.id, settings]));
  return [...byId.values()];
}

function commandLineCamera(text: string, config: Config): CameraSettings {
  const at = text.indexOf('=');
  const id = cameraIdSchema.safeParse(text.slice(0, Math.max(at, 0)));
  if (!id.success) {
    throw new AppError('config.invalid', `--camera: ${z.prettifyError(id.error)}; write --camera ID=URL`);
  }
  const url = checkCameraUrl(text.slice(at + 1), { base: process.cwd(), mediaDir: null });
  return cameraSettings(config, id.data, { url, transport: 'tcp', vad: {}, live: {} });
}

function demoCameraSettings(config: Config): CameraSettings[] {
  return demoCameras.map(({ id, name, clip }) => {
    const url = packagePath(`src/demo/clips/${clip}`);
    return cameraSettings(config, id, { url, name, transport: 'tcp', vad: {}, live: {} });
  });
}

/** Whoever is reached from beyond this machine needs a token, or says in so many words that everybody may come. */
function refuseOpenDoor({ http, data_dir }: Config): void {
  if (staysOnMachine(http) || http.allow_anonymous !== undefined) return;
  if (http.tokens.length > 0 || readTokens(data_dir).length > 0) return;
  const reached = http.allowed_hosts[0] ?? http.host;
  const message =
    `${reached} can be reached from outside this machine: make a token with nunchi tokens create, use ` +
    '127.0.0.1, or let everybody in with http.allow_anonymous: viewer';
  throw new AppError('config.invalid', message);
}
