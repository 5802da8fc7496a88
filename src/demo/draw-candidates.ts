import { closeSync, mkdirSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { between, seededRandom, type Random } from '../random.js';
import { montage, type RgbPicture } from '../verification/montage.js';
import { anomalySample, ordinarySample, pictureTimes, type CandidateSample } from './candidate-sample.js';
import { candidateScene } from './candidate-scene.js';
import { candidateTruth, type CandidateTruth } from './candidate-truth.js';
import type { AnomalyKind } from './demo-cameras.js';
import { ANOMALY_START_S } from './random-scene.js';
import { ScenePainter } from './scene-painter.js';
import { SensorNoise } from './sensor-noise.js';
import { visibleShare } from './visibility.js';

/**
 * Draws what the VLM is trained and evaluated on: `node dist/demo/draw-candidates.js OUT [--seed N] [--scenes M]`.
 *
 * Writes shards into OUT as it goes: `NNNNNN.u8`, raw uint8 [samples, 192, 192, 3] RGB, and then `NNNNNN.jsonl`, one
 * line for each sample, named by the first scene. A shard whose list is there is complete.
 */

const SIZE = { width: 480, height: 270 } as const;
const ASPECT = SIZE.width / SIZE.height;
const SCENES_PER_SHARD = 50;
const MOMENTS = 3;
const TRIES_PER_MOMENT = 4;
/** Share of the picture's pixels that must show an anomaly for it to be asked about: 130 of them, 9 by 14. */
const LEAST_VISIBLE = 0.001;
/** Times in a scene are whole multiples of this, so that moments share frames. */
const GRID_S = 0.1;
/** Standard deviations of the sensor's noise in grey levels, of which each scene takes one. */
const NOISES = [0, 0, 1, 2, 3].map((sigma, index) => (sigma === 0 ? null : new SensorNoise(sigma, index)));

/** What the scenes show, in turn; what is hard to tell is there twice, and the ordinary four times. */
const plan: readonly (AnomalyKind | undefined)[] = [
  'running',
  'wrong_way',
  undefined,
  'fall',
  'running',
  'vehicle',
  undefined,
  'wrong_way',
  'loitering',
  'fall',
  'left_bag',
  undefined,
  'smoke',
  'loitering',
  undefined,
  'left_bag',
];

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '15000000' }, scenes: { type: 'string', default: '6000' } },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('usage: draw-candidates OUT [--seed N] [--scenes M]');
mkdirSync(folder, { recursive: true });
for (let first = 0; first < Number(values.scenes); first += SCENES_PER_SHARD) {
  await drawShard(folder, Number(values.seed), first);
}

async function drawShard(into: string, seed: number, first: number): Promise<void> {
  const stem = join(into, String(first).padStart(6, '0'));
  const file = openSync(`${stem}.u8`, 'w');
  const lines: string[] = [];
  try {
    for (let scene = first; scene < first + SCENES_PER_SHARD; scene++) {
      const kind = plan[scene % plan.length];
      for await (const { sample, picture } of drawScene(seed + scene, kind)) {
        writeSync(file, picture.pixels);
        lines.push(JSON.stringify({ seed: seed + scene, kind: kind ?? 'ordinary', ...sample }));
      }
    }
  } finally {
    closeSync(file);
  }
  writeFileSync(`${stem}.part`, lines.map((line) => `${line}\n`).join(''));
  renameSync(`${stem}.part`, `${stem}.jsonl`);
}

interface DrawnSample {
  sample: CandidateSample;
  picture: RgbPicture;
}

async function* drawScene(seed: number, kind: AnomalyKind | undefined): AsyncGenerator<DrawnSample> {
  const random = seededRandom(seed);
  const scene = candidateScene(seed, kind);
  const painter = new ScenePainter(scene, SIZE);
  const frameAt = shooting(painter, NOISES[Math.floor(random() * NOISES.length)] ?? null);
  const truth = candidateTruth(scene, SIZE);
  const isVisible = visibility(painter, truth);
  for (const sample of samplesOf(truth, scene.anomalies[0]?.endS, random)) {
    if (sample.label !== 'normal' && !isVisible(sample)) continue;
    const pictures: RgbPicture[] = [];
    for (const timeS of sample.timesS) pictures.push(await frameAt(timeS));
    yield { sample, picture: montage(pictures, sample.region) };
  }
}

/** Whether enough of the anomaly can be seen in a sample's newest picture, by the same picture without it. */
function visibility(painter: ScenePainter, truth: CandidateTruth): (sample: CandidateSample) => boolean {
  return ({ timesS, region }) => {
    const timeS = timesS.at(-1) ?? 0;
    const box = truth.anomalyBoxAt(timeS);
    if (box === undefined) return false;
    const [frame, without] = [painter.frameAt(timeS), painter.ordinaryFrameAt(timeS)];
    return visibleShare(frame, without, SIZE, box, region) >= LEAST_VISIBLE;
  };
}

/** Draws each frame once, and lets the canvas give its memory back in between. */
function shooting(painter: ScenePainter, noise: SensorNoise | null): (timeS: number) => Promise<RgbPicture> {
  const shot = new Map<number, RgbPicture>();
  return async (timeS) => {
    const key = Math.round(timeS / GRID_S);
    const known = shot.get(key);
    if (known !== undefined) return known;
    const rgba = painter.frameAt(key * GRID_S);
    noise?.addTo(rgba);
    const picture = toRgb(rgba);
    shot.set(key, picture);
    await setImmediate();
    return picture;
  };
}

function toRgb(rgba: Uint8Array): RgbPicture {
  const pixels = new Uint8Array(SIZE.width * SIZE.height * 3);
  for (let from = 0, to = 0; to < pixels.length; from += 4, to += 3) {
    pixels[to] = rgba[from] ?? 0;
    pixels[to + 1] = rgba[from + 1] ?? 0;
    pixels[to + 2] = rgba[from + 2] ?? 0;
  }
  return { ...SIZE, pixels };
}

/** An anomaly at several moments, and what is ordinary beside it at one of them; or ordinary life alone. */
function samplesOf(truth: CandidateTruth, endS: number | undefined, random: Random): CandidateSample[] {
  const onGrid = (timeS: number): number => Math.round(timeS / GRID_S) * GRID_S;
  const ringPhaseS = onGrid(between(random, 0, 1.5));
  const take = (make: typeof anomalySample, count: number, fromS: number, toS: number): CandidateSample[] => {
    const taken: CandidateSample[] = [];
    for (let tries = 0; tries < count * TRIES_PER_MOMENT && taken.length < count; tries++) {
      const timesS = pictureTimes(onGrid(between(random, fromS, toS)), ringPhaseS, random);
      const sample = make(truth, timesS, ASPECT, random);
      if (sample !== undefined) taken.push(sample);
    }
    return taken;
  };
  if (endS === undefined) return take(ordinarySample, MOMENTS, 12, 50);
  return [
    ...take(anomalySample, MOMENTS, ANOMALY_START_S, endS),
    ...take(ordinarySample, 1, ANOMALY_START_S, endS),
  ];
}
