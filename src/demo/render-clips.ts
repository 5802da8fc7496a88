import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AV_LOG_ERROR } from 'node-av/constants';
import { Log } from 'node-av/lib';
import { ClipEncoder } from './clip-encoder.js';
import { demoCameras } from './demo-cameras.js';
import { demoScene } from './demo-scenes.js';
import { ScenePainter } from './scene-painter.js';
import { CLIP_FPS, CLIP_SIZE, clipTruth } from './truth.js';

/** Draws and encodes the clips of all demo cameras, each with its ground truth: `npm run demo:render`. */

// The compiled file lies in dist/demo/, as deep below the package root as this one.
const clipsDirectory = fileURLToPath(new URL('../../src/demo/clips/', import.meta.url));

// The encoder would report its settings for every clip.
Log.setLevel(AV_LOG_ERROR);
mkdirSync(clipsDirectory, { recursive: true });
for (const { id, clip, seconds } of demoCameras) {
  const scene = demoScene(id);
  const painter = new ScenePainter(scene, CLIP_SIZE);
  const encoder = new ClipEncoder(join(clipsDirectory, clip), CLIP_SIZE, CLIP_FPS);
  for await (const frame of painter.frames(0, CLIP_FPS, seconds * CLIP_FPS)) encoder.write(frame);
  encoder.finish();
  writeFileSync(join(clipsDirectory, `${id}.truth.json`), `${JSON.stringify(clipTruth(scene, painter))}\n`);
  process.stdout.write(`${clip}: ${seconds} s\n`);
}
