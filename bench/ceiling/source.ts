/** The streams that the ceiling is measured with: drawn scenes, coded as a camera codes. */
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { AV_LOG_ERROR } from 'node-av/constants';
import { Log } from 'node-av/lib';
import { ClipEncoder } from '../../src/demo/clip-encoder.js';
import { demoScene, type DemoCameraId } from '../../src/demo/demo-scenes.js';
import { ScenePainter } from '../../src/demo/scene-painter.js';
import { packagePath } from '../../src/paths.js';

export interface Profile {
  name: string;
  width: number;
  height: number;
  fps: number;
}

export const profiles: readonly Profile[] = [
  { name: '720p25', width: 1280, height: 720, fps: 25 },
  { name: '360p10', width: 640, height: 360, fps: 10 },
];

/** Cameras take turns: neighbours do not show the same. */
const scenes: readonly DemoCameraId[] = ['gate', 'plaza'];
const SECONDS = 10;
/** As cameras code: fast, with noise kept. */
const CRF = 25;

/** Folder of the clips, drawn at the first time and kept. */
export async function sourceClips({
  name,
  width,
  height,
  fps,
}: Profile): Promise<{ folder: string; files: string[] }> {
  const folder = packagePath(`.cache/bench/${name}`);
  mkdirSync(folder, { recursive: true });
  const files = scenes.map((scene) => `${scene}.mp4`);
  // The encoder would report its settings for every clip.
  Log.setLevel(AV_LOG_ERROR);
  for (const scene of scenes) {
    const file = path.join(folder, `${scene}.mp4`);
    if (existsSync(file)) continue;
    const part = path.join(folder, `${scene}.part.mp4`);
    const painter = new ScenePainter(demoScene(scene), { width, height });
    const encoder = new ClipEncoder(part, { width, height }, fps, CRF, 'veryfast');
    for await (const frame of painter.frames(0, fps, SECONDS * fps)) encoder.write(frame);
    encoder.finish();
    renameSync(part, file);
  }
  return { folder, files };
}
