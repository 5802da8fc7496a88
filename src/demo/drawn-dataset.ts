/** Data sets for `nunchi eval`, drawn: clips of random scenes with labels for each frame. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClipEncoder } from './clip-encoder.js';
import { anomalyKinds, type AnomalyKind } from './demo-cameras.js';
import { filmedScene } from './filmed-scene.js';
import type { Viewport } from './perspective.js';
import { between, seededRandom } from '../random.js';
import type { Scene } from './scene.js';
import { ScenePainter } from './scene-painter.js';
import { SensorNoise } from './sensor-noise.js';

export interface DrawnDatasetOptions {
  /** Each is a scene of its own, with the seeds from `seed` on. */
  readonly cameras: number;
  readonly seed: number;
  /** Length of each camera's train clip, all of it ordinary. */
  readonly trainS: number;
  /** Length of each test clip; the anomaly of a random scene must lie in it. */
  readonly testS: number;
  /** What each camera's test clips show, one each; undefined for ordinary life. */
  readonly tests: readonly (AnomalyKind | undefined)[];
  readonly size: Viewport;
  readonly fps: number;
}

/** One recording of a camera, to be drawn. */
interface Take {
  readonly split: 'train' | 'test';
  /** Undefined for ordinary life. */
  readonly kind: AnomalyKind | undefined;
  readonly scene: Scene;
}

/** A clip as `labels.json` lists it. */
interface DrawnClip extends Omit<Take, 'scene'> {
  readonly id: string;
  readonly camera: string;
  readonly file: string;
  readonly frames: number;
  readonly labels: readonly Label[];
}

type Label = 0 | 1;

export const drawnDatasetDefaults: DrawnDatasetOptions = {
  cameras: 4,
  // Far from the seeds of the scenes that the model is trained on.
  seed: 700_000,
  trainS: 240,
  testS: 40,
  tests: [undefined, ...anomalyKinds],
  size: { width: 480, height: 270 },
  fps: 10,
};

/** As a camera's own encoder, which has no time to lose; coarser coding would take the sensor's noise off again. */
const CODING = { crf: 23, preset: 'veryfast' } as const;
/** Standard deviation in grey levels; coded, from a tenth to half of the pixels change from frame to frame. */
const NOISE_SIGMA = [1.5, 2.5] as const;

/** Draws and encodes all clips into `folder`, then writes `labels.json` there. `onClip` hears of each finished file. */
export async function drawDataset(
  folder: string,
  options: DrawnDatasetOptions,
  onClip: (file: string) => void = () => undefined,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const clips: DrawnClip[] = [];
  for (let seed = options.seed; seed < options.seed + options.cameras; seed++) {
    const camera = `scene-${seed}`;
    const noise = new SensorNoise(between(seededRandom(seed), ...NOISE_SIGMA), seed);
    for (const { split, kind, scene } of takesOf(seed, options)) {
      const id = `${camera}-${split === 'train' ? 'train' : (kind ?? 'ordinary')}`;
      const file = `${id}.mp4`;
      const labels = await film(join(folder, file), scene, noise, options);
      clips.push({ id, split, camera, kind, file, frames: labels.length, labels });
      onClip(file);
    }
  }
  const listed = { dataset: `Drawn from ${options.seed}`, fps: options.fps, clips };
  writeFileSync(join(folder, 'labels.json'), `${JSON.stringify(listed)}\n`);
}

/** What the camera of this seed records: its train clip first. */
function takesOf(seed: number, { trainS, testS, tests }: DrawnDatasetOptions): Take[] {
  return [
    { split: 'train', kind: undefined, scene: filmedScene(seed, 0, trainS) },
    ...tests.map((kind, index): Take => ({
      split: 'test',
      kind,
      scene: filmedScene(seed, index + 1, testS, kind),
    })),
  ];
}

/** Writes one clip. Anomalous is a frame in which something of an anomaly is in view. */
async function film(
  file: string,
  scene: Scene,
  noise: SensorNoise,
  { size, fps }: DrawnDatasetOptions,
): Promise<Label[]> {
  const frames = scene.periodS * fps;
  const painter = new ScenePainter(scene, size);
  const encoder = new ClipEncoder(file, size, fps, CODING.crf, CODING.preset);
  for await (const frame of painter.frames(0, fps, frames)) {
    noise.addTo(frame);
    encoder.write(frame);
  }
  encoder.finish();
  const isAnomalous = (timeS: number): boolean =>
    scene.anomalies.some((anomaly) => painter.anomalyBoxAt(anomaly, timeS) !== undefined);
  return Array.from({ length: frames }, (_, frame) => (isAnomalous(frame / fps) ? 1 : 0));
}
