import { Option, type Command } from 'commander';
import { z } from 'zod';
import type { CalibrateSettings } from './calibrate-command.js';
import { CALIBRATION_MINUTES } from '../calibration-state.js';
import { AppError } from '../errors.js';

interface Options {
  minutes: string;
  url: string;
  token?: string;
}

/** Adds `nunchi calibrate` to the command line. It throws `config.invalid`, and what `run` throws. */
export function addCalibrateCommand(
  program: Command,
  run: (settings: CalibrateSettings) => Promise<void>,
): void {
  program
    .command('calibrate')
    .description('has a camera of the running service learn anew: all that it sees meanwhile is ordinary')
    .argument('<camera>', 'its id')
    .addOption(
      new Option('--minutes <number>', 'footage to learn from')
        .env('NUNCHI_CALIBRATE_MINUTES')
        .default(String(CALIBRATION_MINUTES.default)),
    )
    .addOption(
      new Option('--url <url>', 'where the service answers')
        .env('NUNCHI_CALIBRATE_URL')
        .default('http://127.0.0.1:8971'),
    )
    .addOption(
      new Option('--token <token>', 'one made by `nunchi tokens create`').env('NUNCHI_CALIBRATE_TOKEN'),
    )
    .allowExcessArguments(false)
    .action((camera: string, options: Options) => run(settingsOf(camera, options)));
}

function settingsOf(camera: string, { minutes, url, token }: Options): CalibrateSettings {
  const { min, max } = CALIBRATION_MINUTES;
  const given = z.coerce.number().min(min).max(max).safeParse(minutes);
  if (!given.success)
    throw new AppError('config.invalid', `--minutes ${minutes}: give a number from ${min} to ${max}`);
  if (!z.url({ protocol: /^https?$/ }).safeParse(url).success)
    throw new AppError('config.invalid', `--url ${url}: give the address of the service, http://HOST:PORT`);
  return { camera, minutes: given.data, url, token: token ?? null };
}
