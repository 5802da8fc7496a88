/** The command line of `npm run bench`. */
import { Command, InvalidArgumentError, Option } from 'commander';
import type { ClipCodec } from '../../src/demo/clip-encoder.js';
import { vadModelNames } from '../../src/vad-model.js';
import { transports, type Transport } from './cameras.js';
import { codecs, profiles, type Profile } from './source.js';

export interface Options {
  profile: Profile;
  codec: ClipCodec;
  source: Transport;
  vadFps: number;
  vadModel: string;
  tiles: number;
  /** Cameras to try at most. */
  max: number;
  warmupS: number;
  stepS: number;
  vlmLoad: boolean;
  quick: boolean;
  plan: boolean;
  dataDir: string;
}

/** As many as the product takes. */
const MOST_CAMERAS = 32;
const WARMUP_S = 5;
/** What `--quick` leaves: few steps, each short. */
const QUICK = { stepS: 4, warmupS: 2, max: 16 };

/** Ends the process with a message when the command line is not understood. */
export function readOptions(): Options {
  const command = new Command('npm run bench --')
    .description('Finds how many cameras fit on this machine.')
    .addOption(
      new Option('--profile <name>', 'what cameras stream')
        .choices(profiles.map(({ name }) => name))
        .default('720p25'),
    )
    .addOption(new Option('--codec <name>', 'of the streams').choices(codecs).default('h264'))
    .addOption(
      new Option('--source <name>', 'how the streams come: read by the product, or sent over TCP')
        .choices(transports)
        .default('file'),
    )
    .option('--vad-fps <n>', 'frames a second and camera that are scored', positive, 5)
    .addOption(new Option('--vad-model <name>', 'what scores them').choices(vadModelNames).default('mulde'))
    .option('--tiles <n>', 'cameras that are watched live', whole, 4)
    .option('--max <n>', `cameras to try at most, up to ${MOST_CAMERAS}`, cameraCount, MOST_CAMERAS)
    .option('--step-s <n>', 'seconds to measure each number of cameras', positive, 15)
    .option('--vlm-load', 'keep the VLM busy meanwhile', false)
    .option('--quick', `ends within 90 s: ${QUICK.max} cameras at most, ${QUICK.stepS} s each`, false)
    .option('--plan', 'tell the product, which then warns of more cameras than fit', false)
    .option('--data-dir <dir>', 'of the product, for --plan', './data')
    .parse();
  const options = command.opts<Omit<Options, 'profile' | 'warmupS'> & { profile: string }>();
  const profile = profiles.find(({ name }) => name === options.profile);
  if (profile === undefined) throw new Error(`there is no profile ${options.profile}`);
  const pace = options.quick
    ? { ...QUICK, max: Math.min(options.max, QUICK.max) }
    : { max: options.max, stepS: options.stepS, warmupS: WARMUP_S };
  return { ...options, ...pace, profile };
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('write a number above 0');
  return value;
}

function whole(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError('write a whole number');
  return value;
}

function cameraCount(text: string): number {
  const value = whole(text);
  if (value < 1 || value > MOST_CAMERAS)
    throw new InvalidArgumentError(`write a number from 1 to ${MOST_CAMERAS}`);
  return value;
}
