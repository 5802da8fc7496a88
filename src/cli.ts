import { Command, Option } from 'commander';
import { addAlertsCommand, type AlertsRequest } from './alerting/alerts-options.js';
import type { TokensRequest } from './access/tokens-command.js';
import { addTokensCommand } from './access/tokens-options.js';
import { addBenchCommand, type BenchArguments } from './bench-command.js';
import type { CalibrateSettings } from './camera/calibrate-command.js';
import { addCalibrateCommand } from './camera/calibrate-options.js';
import type { Config } from './config/config.js';
import { loadSource } from './config/file.js';
import { addConfigCommands } from './config/options.js';
import type { EvalSettings } from './eval/eval-command.js';
import { addEvalCommand } from './eval/eval-options.js';
import type { ModelsRequest } from './models/models-command.js';
import { addModelsCommand } from './models/models-options.js';
import { configOf, launchOf, sourceOf, type Launch, type ProductOptions } from './product-options.js';

/** What can be asked for: the product itself, and its subcommands. */
export interface Commands {
  watch(launch: Launch): Promise<void>;
  evaluate(settings: EvalSettings): Promise<void>;
  bench(args: BenchArguments): Promise<void>;
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
  const program = commandLine(version);
  const watch = () => commands.watch(launchOf(program.opts<ProductOptions>(), environment));
  program.action(watch);
  program.command('start').description('watches the cameras, as no command does').action(watch);
  addEvalCommand(program, environment, (settings) => commands.evaluate(settings));
  addCalibrateCommand(program, (settings) => commands.calibrate(settings));
  const config = (): Config => configOf(program.opts<ProductOptions>(), environment).config;
  addBenchCommand(program, config, (args) => commands.bench(args));
  addModelsCommand(program, (request) => commands.models(request, config()));
  addTokensCommand(program, (request) => commands.tokens(request, config()));
  addAlertsCommand(program, (request) => commands.alerts(request, config()));
  addConfigCommands(
    program,
    (file) => {
      const options = program.opts<ProductOptions>();
      return loadSource(sourceOf(file === undefined ? options : { ...options, config: file }, environment));
    },
    (text) => process.stdout.write(text),
  );
  await program.parseAsync(argv, { from: 'user' });
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
