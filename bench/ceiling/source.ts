/** The streams that the ceiling is measured with: drawn scenes, coded as a camera codes. */
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { AV_LOG_ERROR } from 'node-av/constants';
import { Log } from 'node-av/lib';
import { ClipEncoder, type ClipCodec } from '../../src/demo/clip-encoder.js';
import { demoScene, type DemoCameraId } from '../../src/demo/demo-scenes.js';
import { ScenePainter } from '../../src/demo/scene-painter.js';
import { packagePath } from '../../src/paths.js';
import { ordinaryS, paintAlarm, QUIET_S, type Alarms } from './alarms.js';
import type { Profile } from './profile.js';

export const codecs = ['h264', 'h265'] as const satisfies readonly ClipCodec[];

/** Clips that cameras show in turn, for ever. */
export interface Clips {
  folder: string;
  /** Names inside the folder. */
  files: string[];
  /** Of the largest. */
  kbitPerS: number;
}

export interface ClipOptions {
  profile: Profile;
  codec: ClipCodec;
  /** How often a minute something happens, and for how many seconds it goes on; null for ordinary life for ever. */
  alarms: { aMinute: number; seconds: number } | null;
}

/** Cameras take turns: neighbours do not show the same, nor alarm at the same time. */
const scenes: readonly DemoCameraId[] = ['gate', 'plaza'];
const SECONDS = 10;
/** As cameras code: fast, with noise kept. H.265 looks as good at a higher factor. */
const CRF: Record<ClipCodec, number> = { h264: 25, h265: 28 };

/**
 * Drawn at the first time and kept. `onShare` is told how much of the drawing is done, from 0 to 1. Throws an AbortError
 * when `signal` aborts.
 */
export async function sourceClips(
  { profile, codec, alarms }: ClipOptions,
  { onShare, signal }: { onShare?: (share: number) => void; signal?: AbortSignal } = {},
): Promise<Clips> {
  const folder = packagePath(`.cache/bench/${profile.name}`);
  mkdirSync(folder, { recursive: true });
  // The encoder would report its settings for every clip.
  Log.setLevel(AV_LOG_ERROR);
  const seconds = alarms === null ? SECONDS : QUIET_S + Math.ceil(alarms.seconds);
  const kind = alarms === null ? '' : `-${alarms.aMinute}-alarms-${seconds}s`;
  const files: string[] = [];
  let kbitPerS = 0;
  for (const [i, scene] of scenes.entries()) {
    const name = `${scene}-${codec}${kind}`;
    const file = path.join(folder, `${name}.mp4`);
    // A clip that is there is whole.
    if (!existsSync(file)) {
      const part = path.join(folder, `${name}.part.mp4`);
      await draw(part, {
        profile,
        codec,
        scene,
        seconds,
        alarms: alarms && { aMinute: alarms.aMinute, phase: i / scenes.length },
        onShare: (share) => {
          signal?.throwIfAborted();
          onShare?.((i + share) / scenes.length);
        },
      });
      renameSync(part, file);
    }
    files.push(path.basename(file));
    kbitPerS = Math.max(kbitPerS, (statSync(file).size * 8) / 1_000 / seconds);
  }
  return { folder, files, kbitPerS: Math.round(kbitPerS) };
}

interface Drawing {
  profile: Profile;
  codec: ClipCodec;
  scene: DemoCameraId;
  seconds: number;
  alarms: Alarms | null;
  onShare: (share: number) => void;
}

async function draw(file: string, { profile, codec, scene, seconds, alarms, onShare }: Drawing) {
  const { width, height, fps } = profile;
  // What the demo stages would come on top.
  const painter = new ScenePainter({ ...demoScene(scene), anomalies: [] }, { width, height });
  const encoder = new ClipEncoder(file, { width, height }, fps, CRF[codec], 'veryfast', codec);
  const frames = seconds * fps;
  for (let drawn = 0; drawn < frames; drawn += 1) {
    const timeS = drawn / fps;
    const frame = painter.frameAt(alarms === null ? timeS : ordinaryS(timeS));
    if (alarms !== null) paintAlarm(frame, profile, timeS, alarms);
    encoder.write(frame);
    onShare(drawn / frames);
    // The canvas gives memory back when the event loop turns.
    await setImmediate();
  }
  encoder.finish();
}
