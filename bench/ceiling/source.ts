/** The streams that the ceiling is measured with: drawn scenes, coded as a camera codes. */
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { AV_LOG_ERROR } from 'node-av/constants';
import { Log } from 'node-av/lib';
import { ClipEncoder, type ClipCodec } from '../../src/demo/clip-encoder.js';
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

export const codecs = ['h264', 'h265'] as const satisfies readonly ClipCodec[];

/** Clips that cameras show in turn, for ever. */
export interface Clips {
  folder: string;
  /** Names inside the folder. */
  files: string[];
}

/** Cameras take turns: neighbours do not show the same. */
const scenes: readonly DemoCameraId[] = ['gate', 'plaza'];
const SECONDS = 10;
/** As cameras code: fast, with noise kept. H.265 looks as good at a higher factor. */
const CRF: Record<ClipCodec, number> = { h264: 25, h265: 28 };

/** Drawn at the first time and kept. */
export async function sourceClips(profile: Profile, codec: ClipCodec = 'h264'): Promise<Clips> {
  const folder = packagePath(`.cache/bench/${profile.name}`);
  mkdirSync(folder, { recursive: true });
  // The encoder would report its settings for every clip.
  Log.setLevel(AV_LOG_ERROR);
  const files: string[] = [];
  for (const scene of scenes) {
    const name = codec === 'h264' ? scene : `${scene}-${codec}`;
    const file = path.join(folder, `${name}.mp4`);
    // A clip that is there is whole.
    if (!existsSync(file)) {
      const part = path.join(folder, `${name}.part.mp4`);
      await draw(profile, codec, scene, part);
      renameSync(part, file);
    }
    files.push(path.basename(file));
  }
  return { folder, files };
}

async function draw(
  { width, height, fps }: Profile,
  codec: ClipCodec,
  scene: DemoCameraId,
  file: string,
): Promise<void> {
  const painter = new ScenePainter(demoScene(scene), { width, height });
  const encoder = new ClipEncoder(file, { width, height }, fps, CRF[codec], 'veryfast', codec);
  for await (const frame of painter.frames(0, fps, SECONDS * fps)) encoder.write(frame);
  encoder.finish();
}
