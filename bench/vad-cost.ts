/**
 * What it costs to score a frame, part by part, in CPU time with one thread a graph: `npm run bench:vad`. With
 * `--against DIR` the graphs of another models folder take turns with those that ship.
 */
import { Command } from 'commander';
import { systemClock } from '../src/clock.js';
import { framesOf } from '../src/eval/clip-frames.js';
import { VAD_FRAME } from '../src/frame.js';
import { packagePath } from '../src/paths.js';
import { quantileOf } from '../src/quantile.js';
import { energyFunction, fitCalibration } from '../src/scoring/calibration.js';
import { newGrid } from '../src/scoring/cell-grid.js';
import { FeatureExtractor, type FrameSample } from '../src/scoring/frame-sample.js';
import { graphsOf, vadModelNames, type VadModelName } from '../src/vad-model.js';
import { FrameSampler } from '../src/workers/stream/frame-sampler.js';
import { CameraWindow } from '../src/workers/vad/camera-window.js';
import { graphInput, VadGraphs, type GraphInput, type GraphOutput } from '../src/workers/vad/vad-graphs.js';
import { cpuMsPerCall, interleaved } from './micro/measure.js';
import { printTable } from './table.js';

/** Ordinary life and three anomalies, drawn; 640 x 360. */
const CLIP = packagePath('src/demo/clips/gate.mp4');
const FPS = 5;
const ROUNDS = 9;
/** Frames that a graph reads in a turn, one at a time. */
const TURN = 40;
const ACTIVE = newGrid().fill(1);

/** CPU milliseconds of one part for one frame. */
type Way = () => Promise<number>;

const { against } = new Command('npm run bench:vad --')
  .description('Measures what it costs to score a frame.')
  .option('--against <dir>', 'models folder whose graphs are measured as well')
  .parse()
  .opts<{ against?: string }>();

const frames = sampledFrames();
const graphs = await graphsIn(packagePath('models'));
const others = against === undefined ? null : await graphsIn(against);
const readings = await readingsOf(frames);

const ways: Record<string, Way> = {
  'decode and scale': async () => (await cpuMsPerCall(1, sampledFrames)) / frames.length,
  ...graphWays(graphs, ''),
  ...(others === null ? {} : graphWays(others, 'other ')),
};
for (const model of vadModelNames) Object.assign(ways, scoringWays(model));
const figures = await interleaved(ROUNDS, ways);
await graphs.use([]);
await others?.use([]);

const ms = (part: string): number => quantileOf(figures[part] ?? [], 0.5);
const againstOther = (part: string): string => {
  const other = figures[`other ${part}`];
  const ratios = figures[part]?.map((figure, round) => figure / (other?.[round] ?? NaN)) ?? [];
  return other === undefined ? '–' : quantileOf(ratios, 0.5).toFixed(2);
};
printTable(
  Object.keys(ways)
    .filter((part) => !part.startsWith('other '))
    .map((part) => ({
      part,
      'CPU ms a frame': ms(part).toFixed(3),
      'against the other': againstOther(part),
    })),
);
printTable(
  vadModelNames.map((model) => {
    const parts = [...graphsOf[model], `features, ${model}`, `energy, ${model}`];
    const sum = parts.reduce((total, part) => total + ms(part), 0);
    return {
      model,
      'CPU ms a frame': sum.toFixed(2),
      'with decoding': (sum + ms('decode and scale')).toFixed(2),
    };
  }),
);

/** The frames that are scored, uint8 [192, 192] gray each. */
function sampledFrames(): ArrayBuffer[] {
  const sampler = new FrameSampler(FPS);
  const sampled = [];
  for (const { atUs, picture } of framesOf(CLIP)) {
    if (!sampler.take(atUs)) continue;
    const pixels = new ArrayBuffer(VAD_FRAME.bytes);
    picture.toGray(pixels, VAD_FRAME.width, VAD_FRAME.height);
    sampled.push(pixels);
  }
  return sampled;
}

async function graphsIn(modelsDir: string): Promise<VadGraphs> {
  const loaded = new VadGraphs({ modelsDir, device: 'cpu', onFallback: () => undefined }, systemClock);
  await loaded.use(graphsOf.fused);
  return loaded;
}

/** Plays the frames to a camera; `read` has its input for the newest one, which is gone with the next. */
async function play(
  pixels: readonly ArrayBuffer[],
  read: (input: GraphInput) => Promise<unknown>,
): Promise<void> {
  const window = new CameraWindow();
  for (const [i, frame] of pixels.entries()) {
    window.push({ pixels: frame, ptsUs: (i * 1e6) / FPS, aspect: 9 / 16 });
    const input = graphInput(window, graphsOf.fused);
    if (input !== null) await read(input);
  }
}

async function readingsOf(pixels: readonly ArrayBuffer[]): Promise<GraphOutput[]> {
  const outputs: GraphOutput[] = [];
  await play(pixels, async (input) => {
    outputs.push(...(await graphs.read([input])).outputs);
  });
  return outputs;
}

function graphWays(loaded: VadGraphs, prefix: string): Record<string, Way> {
  const way = (only: (input: GraphInput) => GraphInput) => async () => {
    let read = 0;
    const cpuMs = await cpuMsPerCall(1, () =>
      play(frames.slice(0, TURN), async (input) => {
        const { runMs } = await loaded.read([only(input)]);
        read += Object.keys(runMs).length;
      }),
    );
    return cpuMs / read;
  };
  return {
    [`${prefix}motion`]: way(({ motion }) => ({ motion, mnad: null })),
    [`${prefix}mnad`]: way(({ mnad }) => ({ motion: null, mnad })),
  };
}

/** From readings to what a frame is measured by, and on to its energy under a calibration. */
function scoringWays(model: VadModelName): Record<string, Way> {
  const mine = readings.map(({ motion, error }) => ({
    ...{ camera: CLIP, ptsUs: 0, wallTime: 0, disturbed: false, waitedMs: 0 },
    motion: graphsOf[model].includes('motion') ? motion : null,
    error: graphsOf[model].includes('mnad') ? error : null,
  }));
  const samplesOf = (): FrameSample[] => {
    const extractor = new FeatureExtractor(model, ACTIVE);
    return mine.map((reading) => extractor.take(reading)?.sample).filter((sample) => sample !== undefined);
  };
  const samples = samplesOf();
  const energyOf = energyFunction(
    fitCalibration({ model, blocks: [samples], blockS: samples.length / FPS }, 1),
  );
  const perFrame = async (part: () => unknown) => (await cpuMsPerCall(1, part)) / samples.length;
  return {
    [`features, ${model}`]: () => perFrame(samplesOf),
    [`energy, ${model}`]: () => perFrame(() => samples.map(energyOf)),
  };
}
