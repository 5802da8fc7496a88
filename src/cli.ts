import path from 'node:path';
import { Command, Option } from 'commander';
import { z } from 'zod';
import type { CalibrateSettings } from './camera/calibrate-command.js';
import { staysOnMachine } from './access/access.js';
import { addAlertsCommand, type AlertsRequest } from './alerting/alerts-options.js';
import { addCalibrateCommand } from './camera/calibrate-options.js';
import { cameraIdSchema, cameraSettings, type CameraSettings } from './camera/camera-config.js';
import { configuredCameras } from './camera/camera-plan.js';
import type { Config } from './config/config.js';
import { loadConfig, loadSource, type ConfigSource, type LoadedConfig } from './config/file.js';
import { addConfigCommands } from './config/options.js';
import { environmentOverrides, type Override } from './config/overrides.js';
import { demoCameras } from './demo/demo-cameras.js';
import { AppError } from './errors.js';
import type { EvalSettings } from './eval/eval-command.js';
import { checkCameraUrl } from './camera/camera-url.js';
import type { ModelsRequest } from './models/models-command.js';
import { addModelsCommand } from './models/models-options.js';
import { packagePath } from './paths.js';
import type { TokensRequest } from './access/tokens-command.js';
import { readTokens } from './access/tokens-file.js';
import { addTokensCommand } from './access/tokens-options.js';

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

interface Options {
  config?: string;
  camera?: string[];
  once?: boolean;
  host?: string;
  port?: string;
  dataDir?: string;
}

interface EvalOptions {
  dataset: string;
  json?: boolean;
  html?: string;
  baseline?: string;
  threshold?: string;
}

/** What can be asked for: the product itself, and its subcommands. */
export interface Commands {
  watch(launch: Launch): Promise<void>;
  evaluate(settings: EvalSettings): Promise<void>;
  calibrate(settings: CalibrateSettings): Promise<void>;
  models(request: ModelsRequest, config: Config): Promise<void>;
  tokens(request: TokensRequest, config: Config): Promise<void>;
  alerts(request: AlertsRequest, config: Config): Promise<void>;
}

/**
 * Reads the command line, the environment and the configuration file, and runs the command asked for. Throws
 * `config.invalid`, `camera.url_refused`, and what the command throws.
 */
export async function runCommandLine(
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
  version: string,
  commands: Commands,
): Promise<void> {
  const program = commandLine(version).action((options: Options) =>
    commands.watch(launchOf(options, environment)),
  );
  addEvalCommand(program, (options) => commands.evaluate(evalSettings(options, environment)));
  addCalibrateCommand(program, (settings) => commands.calibrate(settings));
  addModelsCommand(program, (request) =>
    commands.models(request, configOf(program.opts<Options>(), environment).config),
  );
  addTokensCommand(program, (request) =>
    commands.tokens(request, configOf(program.opts<Options>(), environment).config),
  );
  addAlertsCommand(program, (request) =>
    commands.alerts(request, configOf(program.opts<Options>(), environment).config),
  );
  addConfigCommands(
    program,
    (file) => {
      const options = program.opts<Options>();
      return loadSource(sourceOf(file === undefined ? options : { ...options, config: file }, environment));
    },
    (text) => process.stdout.write(text),
  );
  await program.parseAsync(argv, { from: 'user' });
}

function launchOf(options: Options, environment: NodeJS.ProcessEnv): Launch {
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
function configOf(options: Options, environment: NodeJS.ProcessEnv): LoadedConfig {
  return loadSource(sourceOf(options, environment), { opensCameras: false });
}

/** The file asked for, or else the product's own in its data folder. */
function sourceOf(options: Options, environment: NodeJS.ProcessEnv): ConfigSource {
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

function namedCameras({ camera = [] }: Options): Map<string, string> {
  return new Map(camera.map((text) => [text.slice(0, Math.max(text.indexOf('='), 0)), '--camera']));
}

function demoCamerasById(): Map<string, string> {
  return new Map(demoCameras.map(({ id }) => [id, 'the built-in demo']));
}

function commandLine(version: string): Command {
  return new Command('nunchi')
    .description('Watches cameras for anomalies; without options, its own demo cameras.')
    .version(version)
    .addOption(new Option('--config <file>', 'YAML configuration').env('NUNCHI_CONFIG'))
    .addOption(
      new Option('--camera <id=url...>', 'a camera: rtsp://, rtsps:// or a file; may be given again').env(
        'NUNCHI_CAMERA',
      ),
    )
    .addOption(new Option('--once', 'play files once and exit when all have ended').env('NUNCHI_ONCE'))
    .option('--host <address>', 'address to listen on (NUNCHI_HTTP_HOST)')
    .option('--port <number>', 'port to listen on, 0 for any (NUNCHI_HTTP_PORT)')
    .option('--data-dir <dir>', 'where events are stored (NUNCHI_DATA_DIR)')
    .allowExcessArguments(false)
    .showHelpAfterError();
}

function addEvalCommand(program: Command, run: (options: EvalOptions) => Promise<void>): void {
  program
    .command('eval')
    .description('scores labelled clips: AUC, detection delay, false alarms an hour')
    .addOption(
      new Option('--dataset <dir>', 'folder with clips and labels.json')
        .env('NUNCHI_EVAL_DATASET')
        .makeOptionMandatory(),
    )
    .addOption(new Option('--json', 'only the figures on stdout, as JSON').env('NUNCHI_EVAL_JSON'))
    .addOption(
      new Option('--html <file>', 'writes a page with plots, and pictures of misses and false alarms').env(
        'NUNCHI_EVAL_HTML',
      ),
    )
    .addOption(
      new Option('--baseline <file>', 'an earlier --json: exit 1 when a figure fell').env(
        'NUNCHI_EVAL_BASELINE',
      ),
    )
    .option(
      '--threshold <number>',
      'anomaly score that begins an event, or auto (NUNCHI_DEFAULTS_VAD_THRESHOLD)',
    )
    .allowExcessArguments(false)
    .action(run);
}

/** Camera settings are the defaults with their variables, as for a camera that sets nothing itself. */
function evalSettings(options: EvalOptions, environment: NodeJS.ProcessEnv): EvalSettings {
  const { dataset, json, html, baseline, threshold } = options;
  const overrides = environmentOverrides(environment);
  if (threshold !== undefined) {
    const value = threshold === 'auto' ? threshold : Number(threshold);
    overrides.push({ path: ['defaults', 'vad', 'threshold'], value, origin: '--threshold' });
  }
  const config = loadConfig(undefined, overrides, environment);
  return {
    datasetDir: path.resolve(dataset),
    json: json === true,
    htmlFile: html === undefined ? null : path.resolve(html),
    baselineFile: baseline === undefined ? null : path.resolve(baseline),
    modelsDir: config.models_dir,
    device: config.resources.device,
    vad: config.defaults.vad,
  };
}

function optionOverrides(options: Options): Override[] {
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
function chooseCameras(options: Options, config: Config, base: string): CameraSettings[] | null {
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
