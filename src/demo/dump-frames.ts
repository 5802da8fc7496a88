import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { anomalyKinds, type AnomalyKind } from './demo-cameras.js';
import { toGray } from './gray-frame.js';
import { ANOMALY_END_S, ANOMALY_START_S, randomScene } from './random-scene.js';
import { ScenePainter } from './scene-painter.js';

/**
 * Writes the frames that the anomaly model is trained and evaluated on: `node dist/demo/dump-frames.js DIR`.
 *
 * - `train.u8`: ordinary behaviour only
 * - `heldout.u8`, `heldout.json`: other seeds, one anomaly in each scene; the JSON names it for each scene
 *
 * Both `.u8` files are raw uint8 [scenes, frames, 192, 192] gray; `frames.json` holds these shapes.
 */

const FRAME = { width: 192, height: 192 };
const RENDERED = { width: 640, height: 360 };
const FPS = 5;

interface Split {
  readonly file: string;
  readonly firstSeed: number;
  readonly scenes: number;
  readonly framesPerScene: number;
  readonly startS: number;
  readonly anomalyOf: (scene: number) => AnomalyKind | undefined;
}

const train: Split = {
  file: 'train.u8',
  firstSeed: 1_000,
  scenes: 260,
  framesPerScene: 64,
  startS: 0,
  anomalyOf: () => undefined,
};

const heldout: Split = {
  file: 'heldout.u8',
  firstSeed: 900_000,
  scenes: 4 * anomalyKinds.length,
  framesPerScene: 90,
  startS: 12,
  anomalyOf: (scene) => anomalyKinds[scene % anomalyKinds.length],
};

async function dump(directory: string, split: Split): Promise<void> {
  const file = openSync(join(directory, split.file), 'w');
  try {
    for (let scene = 0; scene < split.scenes; scene++) {
      const painter = new ScenePainter(
        randomScene(split.firstSeed + scene, split.anomalyOf(scene)),
        RENDERED,
      );
      for await (const frame of painter.frames(split.startS, FPS, split.framesPerScene)) {
        writeSync(file, toGray(frame, RENDERED, FRAME));
      }
    }
  } finally {
    closeSync(file);
  }
}

async function main(directory: string | undefined): Promise<void> {
  if (directory === undefined) throw new Error('usage: dump-frames DIR');
  mkdirSync(directory, { recursive: true });
  for (const split of [train, heldout]) await dump(directory, split);
  const shape = ({ scenes, framesPerScene }: Split): number[] => [
    scenes,
    framesPerScene,
    FRAME.height,
    FRAME.width,
  ];
  writeFileSync(
    join(directory, 'frames.json'),
    JSON.stringify({ train: shape(train), heldout: shape(heldout), fps: FPS }),
  );
  const firstFrame = (ANOMALY_START_S - heldout.startS) * FPS;
  const endFrame = (ANOMALY_END_S - heldout.startS) * FPS;
  const scenes = Array.from({ length: heldout.scenes }, (_, scene) => heldout.anomalyOf(scene));
  writeFileSync(
    join(directory, 'heldout.json'),
    JSON.stringify({ kinds: scenes, first_frame: firstFrame, end_frame: endFrame }),
  );
}

await main(process.argv[2]);
