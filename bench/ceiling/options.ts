/** The command line of `npm run bench`. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { cameraDefaultsSchema } from '../../src/camera/camera-config.js';
import type { ClipCodec } from '../../src/demo/clip-encoder.js';
import { vadModelNames } from '../../src/vad-model.js';
import { MOST_ALARMS, periodS } from './alarms.js';
import { decodeSchema } from '../../src/camera/decode-config.js';
import { transports, type Transport } from './cameras.js';
import { mainStream, profileOf, type Profile } from './profile.js';
import { codecs } from './source.js';

export interface Options {
  profile: Profile;
  codec: ClipCodec;
  source: Transport;
  vadFps: number;
  vadModel: string;
  /** Of the product, as in its configuration. */
  decode: string;
  hardware: string;
  ffmpeg: string;
  tiles: number;
  /** Alarms a minute and camera that a VLM is shown; null without a VLM. */
  vlmLoad: number | null;
  /** Cameras to try at most. */
  max: number;
  warmupS: number;
  stepS: number;
  quick: boolean;
  /** Whether the parts are measured against baselines, too. */
  ratios: boolean;
  plan: boolean;
  dataDir: string;
}

type Given = Omit<Options, 'warmupS' | 'vlmLoad' | 'stepS'> & {
  vlmLoad?: number | true;
  stepS?: number;
};

/** As many as the product takes. */
const MOST_CAMERAS = 32;
const WARMUP_S = 5;
const STEP_S = 15;
/** What `--quick` leaves: few steps, each short. */
const QUICK = { stepS: 4, warmupS: 2, max: 16 };
/** So often a camera alarms when `--vlm-load` does not say it. */
const ALARMS_A_MINUTE = 4;

/** Ends the process with a message when the command line is not understood. `argv`: without program and script. */
export function readOptions(argv: readonly string[]): Options {
  const command = commandLine();
  const given = command.parse(argv, { from: 'user' }).opts<Given>();
  const vlmLoad = given.vlmLoad === true ? ALARMS_A_MINUTE : (given.vlmLoad ?? null);
  const { profile, vadFps, quick } = given;
  if (vadFps > profile.fps)
    command.error(`error: --vad-fps ${vadFps} is more than the ${profile.fps} that ${profile.name} streams`);
  if (quick && given.stepS !== undefined)
    command.error('error: --quick has short steps of its own; leave --step-s out, or --quick');
  if (quick && vlmLoad !== null)
    command.error('error: --quick has no time for --vlm-load: cameras learn for 20 s before they alarm');
  const pace = quick
    ? { ...QUICK, max: Math.min(given.max, QUICK.max) }
    : { max: given.max, stepS: given.stepS ?? STEP_S, warmupS: WARMUP_S };
  if (vlmLoad === null) return { ...given, ...pace, vlmLoad };
  // Each camera is to alarm at least once in a step.
  const everyS = periodS(vlmLoad);
  if (pace.stepS < everyS)
    command.error(`error: with --vlm-load ${vlmLoad} a step takes --step-s ${everyS} or more`);
  return { ...given, ...pace, vlmLoad };
}

function commandLine(): Command {
  const { fps } = cameraDefaultsSchema.shape.vad.unwrap().shape;
  const { backend, hardware } = decodeSchema.shape;
  const vadFps = (text: string): number => {
    const { success, data } = fps.safeParse(numberOf(text));
    if (!success) throw new InvalidArgumentError('write a number from 0.2 to 10, as in vad.fps');
    return data;
  };
  return new Command('npm run bench --')
    .description('Finds how many cameras fit on this machine, and what parts of the product cost.')
    .addOption(
      new Option('--profile <name>', 'what cameras stream: 720p25, 360p10, 1080p15, 640x480p10, …')
        .argParser(profile)
        .default(mainStream, mainStream.name),
    )
    .addOption(new Option('--codec <name>', 'of the streams').choices(codecs).default('h264'))
    .addOption(
      new Option('--source <name>', 'how the streams come: read by the product, or sent over TCP')
        .choices(transports)
        .default('file'),
    )
    .option('--vad-fps <n>', 'frames a second and camera that are scored', vadFps, 5)
    .addOption(new Option('--vad-model <name>', 'what scores them').choices(vadModelNames).default('mulde'))
    .addOption(
      new Option('--decode <backend>', 'what decodes the streams, as decode.backend')
        .choices(backend.unwrap().options)
        .default('av'),
    )
    .addOption(
      new Option('--hardware <name>', 'as decode.hardware')
        .choices(hardware.unwrap().options)
        .default('none'),
    )
    .option('--ffmpeg <program>', 'as decode.ffmpeg', 'ffmpeg')
    .option('--tiles <n>', 'cameras that are watched live', whole, 4)
    .option(
      '--vlm-load [n]',
      `each camera alarms so often a minute, and the VLM is asked each time; ${ALARMS_A_MINUTE} when not said`,
      alarms,
    )
    .option('--max <n>', `cameras to try at most, up to ${MOST_CAMERAS}`, cameraCount, MOST_CAMERAS)
    .option('--step-s <n>', `seconds to measure each number of cameras (default: ${STEP_S})`, seconds)
    .option('--quick', `ends within 90 s: ${QUICK.max} cameras at most, ${QUICK.stepS} s each`, false)
    .option('--no-ratios', 'leaves out the comparisons with baselines, which take two minutes')
    .option('--plan', 'tell the product, which then warns of more cameras than fit', false)
    .option('--data-dir <dir>', 'of the product, for --plan', './data')
    .allowExcessArguments(false)
    .showHelpAfterError('(--help tells what can be asked for)');
}

/** NaN for what is none; `Number` would take nothing for 0. */
function numberOf(text: string): number {
  return text.trim() === '' ? NaN : Number(text);
}

function profile(text: string): Profile {
  const found = profileOf(text);
  if (found === null)
    throw new InvalidArgumentError(
      'write HEIGHTpFPS or WIDTHxHEIGHTpFPS, even sizes up to 3840, 1 to 60 FPS',
    );
  return found;
}

function seconds(text: string): number {
  const value = numberOf(text);
  if (!(value >= 1 && value <= 3_600)) throw new InvalidArgumentError('write a number from 1 to 3600');
  return value;
}

function alarms(text: string): number {
  const value = numberOf(text);
  if (!(value > 0 && value <= MOST_ALARMS))
    throw new InvalidArgumentError(`write a number above 0, up to ${MOST_ALARMS}`);
  return value;
}

function whole(text: string): number {
  const value = numberOf(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('write a whole number');
  return value;
}

function cameraCount(text: string): number {
  const value = whole(text);
  if (value < 1 || value > MOST_CAMERAS)
    throw new InvalidArgumentError(`write a number from 1 to ${MOST_CAMERAS}`);
  return value;
}
