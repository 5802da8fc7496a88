import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AV_LOG_ERROR } from 'node-av/constants';
import { Log } from 'node-av/lib';
import { ClipEncoder } from './clip-encoder.js';
import { anomalyKinds } from './demo-cameras.js';
import { toGray } from './gray-frame.js';
import { between, seededRandom } from '../random.js';
import { ANOMALY_END_S, ANOMALY_START_S, randomScene } from './random-scene.js';
import { ScenePainter } from './scene-painter.js';
import { SensorNoise } from './sensor-noise.js';

/**
 * Writes what the anomaly model is trained and evaluated on: `node dist/demo/dump-frames.js DIR`.
 *
 * - `train/*.mp4`: ordinary behaviour, far from the demo sites, with a sensor's noise and coded well or badly
 * - `heldout.u8`, `heldout.json`: other seeds, near the demo sites, without noise or coding, one anomaly in each
 *   scene; raw uint8 [scenes, frames, 192, 192] gray. The JSON gives the shape and the anomaly of each scene.
 */

const FPS = 5;

const train = {
  firstSeed: 1_000,
  scenes: 260,
  framesPerScene: 64,
  size: { width: 480, height: 270 },
  /** Of x264: from as good as unharmed to coarse. */
  crf: [18, 38],
  /** Standard deviation of the noise in grey levels. */
  noise: [0, 4],
} as const;

const heldout = {
  firstSeed: 900_000,
  scenes: 4 * anomalyKinds.length,
  framesPerScene: 90,
  startS: 12,
  size: { width: 640, height: 360 },
  frame: { width: 192, height: 192 },
} as const;

async function filmTrain(directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  for (let scene = 0; scene < train.scenes; scene++) {
    const seed = train.firstSeed + scene;
    const random = seededRandom(seed);
    const noise = new SensorNoise(between(random, ...train.noise), seed);
    const crf = Math.round(between(random, ...train.crf));
    const encoder = new ClipEncoder(join(directory, `${seed}.mp4`), train.size, FPS, crf, 'veryfast');
    const painter = new ScenePainter(randomScene(seed, undefined, 'far'), train.size);
    for await (const frame of painter.frames(0, FPS, train.framesPerScene)) {
      noise.addTo(frame);
      encoder.write(frame);
    }
    encoder.finish();
  }
}

async function dumpHeldout(directory: string): Promise<void> {
  const kinds = Array.from(
    { length: heldout.scenes },
    (_, scene) => anomalyKinds[scene % anomalyKinds.length],
  );
  const file = openSync(join(directory, 'heldout.u8'), 'w');
  try {
    for (const [scene, kind] of kinds.entries()) {
      const painter = new ScenePainter(randomScene(heldout.firstSeed + scene, kind), heldout.size);
      for await (const frame of painter.frames(heldout.startS, FPS, heldout.framesPerScene)) {
        writeSync(file, toGray(frame, heldout.size, heldout.frame));
      }
    }
  } finally {
    closeSync(file);
  }
  const plan = {
    shape: [heldout.scenes, heldout.framesPerScene, heldout.frame.height, heldout.frame.width],
    kinds,
    first_frame: (ANOMALY_START_S - heldout.startS) * FPS,
    end_frame: (ANOMALY_END_S - heldout.startS) * FPS,
  };
  writeFileSync(join(directory, 'heldout.json'), JSON.stringify(plan));
}

async function main(directory: string | undefined): Promise<void> {
  if (directory === undefined) throw new Error('usage: dump-frames DIR');
  // The encoder would report its settings for every clip.
  Log.setLevel(AV_LOG_ERROR);
  await filmTrain(join(directory, 'train'));
  await dumpHeldout(directory);
}

await main(process.argv[2]);
