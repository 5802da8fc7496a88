import path from 'node:path';
import { Option, type Command } from 'commander';
import { loadConfig } from '../config/file.js';
import { environmentOverrides } from '../config/overrides.js';
import type { EvalSettings } from './eval-command.js';

interface EvalOptions {
  dataset: string;
  json?: boolean;
  html?: string;
  baseline?: string;
  threshold?: string;
}

/** Adds `nunchi eval` to the command line. It throws `config.invalid`, and what `run` throws. */
export function addEvalCommand(
  program: Command,
  environment: NodeJS.ProcessEnv,
  run: (settings: EvalSettings) => Promise<void>,
): void {
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
    .action((options: EvalOptions) => run(evalSettings(options, environment)));
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
