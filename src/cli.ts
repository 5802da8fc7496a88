import path from 'node:path';
import { Command, Option } from 'commander';
import { z } from 'zod';
import type { CalibrateSettings } from './calibrate-command.js';
import { addCalibrateCommand } from './calibrate-options.js';
import { cameraIdSchema, cameraSettings, type CameraSettings, type Config } from './config.js';
import { environmentOverrides, loadConfig, type Override } from './config-file.js';
import { demoCameras } from './demo/demo-cameras.js';
import { AppError } from './errors.js';
import type { EvalSettings } from './eval/eval-command.js';
import { checkCameraUrl } from './camera-url.js';
import type { ModelsRequest } from './models/models-command.js';
import { addModelsCommand } from './models/models-options.js';
import { packagePath } from './paths.js';

/** What the command line asks for, validated. */
export interface Launch {
  config: Config;
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
  await program.parseAsync(argv, { from: 'user' });
}

function launchOf(options: Options, environment: NodeJS.ProcessEnv): Launch {
  const { config, base } = configOf(options, environment);
  refuseOpenDoor(config);
  const chosen = chooseCameras(options, config, base);
  const demo = chosen === null;
  return { config, cameras: chosen ?? demoCameraSettings(config), demo, once: options.once === true };
}

/** The configuration with its folders as absolute paths, and the folder that its other paths start from. */
function configOf(options: Options, environment: NodeJS.ProcessEnv): { config: Config; base: string } {
  const file = options.config === undefined ? undefined : path.resolve(options.config);
  const config = loadConfig(
    file,
    [...environmentOverrides(environment), ...optionOverrides(options)],
    environment,
  );
  const base = file === undefined ? process.cwd() : path.dirname(file);
  const fromCommandLine = options.dataDir !== undefined || environment['NUNCHI_DATA_DIR'] !== undefined;
  config.data_dir = path.resolve(fromCommandLine ? process.cwd() : base, config.data_dir);
  config.media_dir = path.resolve(base, config.media_dir);
  return { config, base };
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
  const configured = Object.entries(config.cameras).map(([id, own]) => {
    const settings = cameraSettings(config, id, own);
    return { ...settings, url: checkCameraUrl(settings.url, { base, mediaDir: config.media_dir }) };
  });
  if (named.length === 0 && options.config === undefined) return null;
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

/** Whoever listens beyond this machine needs a token. */
function refuseOpenDoor({ http }: Config): void {
  const loopback = ['127.0.0.1', 'localhost', '::1'].includes(http.host);
  if (loopback || http.tokens.length > 0) return;
  const message = `http.host ${http.host} can be reached from outside this machine: set http.tokens, or use 127.0.0.1`;
  throw new AppError('config.invalid', message);
}
