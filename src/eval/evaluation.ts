import type { CameraSettings } from '../camera/camera-config.js';
import { AppError } from '../errors.js';
import { ownCpuMs } from '../cpu-time.js';
import type { VadGraphs } from '../workers/vad/vad-graphs.js';
import type { Dataset } from './dataset.js';
import { EvaluatedCamera } from './evaluated-camera.js';
import { judge, type JudgedClip } from './judged-clip.js';

/** Everything found out about one data set. */
export interface Evaluation {
  dataset: string;
  /** Frames a second of the labels. */
  fps: number;
  model: string;
  /** Score that begins an event. */
  threshold: number;
  cameras: number;
  trainClips: number;
  /** Length of the train clips together. */
  trainSeconds: number;
  /** The test clips, camera by camera, those of each in their order. */
  clips: JudgedClip[];
  /** CPU time of the process, all threads, for each frame that went through the model: decoding included, fits not. */
  cpuMsPerFrame: number;
}

/**
 * Plays to each camera, new as it is, its train clips, as the footage of its first minutes, then its test clips, and
 * judges what it said of them. `onClip` hears of each clip before it plays. Throws `config.invalid` when labels and
 * files do not fit or nothing is left to judge, and `camera.open_failed`, `camera.frame_rejected`.
 */
export async function evaluate(
  dataset: Dataset,
  graphs: Pick<VadGraphs, 'read'>,
  vad: CameraSettings['vad'],
  onClip: (id: string) => void,
): Promise<Evaluation> {
  const { name, fps, train, test } = dataset;
  const cameras = new Map(test.map(({ camera }) => [camera, new EvaluatedCamera(graphs, vad)]));
  const beforeMs = ownCpuMs();
  const clips: JudgedClip[] = [];
  for (const [id, camera] of cameras) {
    const own = train.filter((candidate) => candidate.camera === id);
    if (own.length > 0) camera.learn();
    for (const clip of own) {
      onClip(clip.id);
      await camera.play(clip, fps);
    }
    if (own.length > 0) camera.calibrate();
    for (const clip of test.filter((candidate) => candidate.camera === id)) {
      onClip(clip.id);
      clips.push(judge(await camera.play(clip, fps), fps));
    }
  }
  if (clips.every(({ labels }) => labels.length === 0)) {
    const message = `all footage of ${name} went into the warm-up of ${vad.warmup_s} s; add train clips or longer clips`;
    throw new AppError('config.invalid', message);
  }
  const cpuMs = ownCpuMs() - beforeMs;
  const played = [...cameras.values()];
  const framesScored = played.reduce((sum, camera) => sum + camera.framesScored, 0);
  const fitCpuMs = played.reduce((sum, camera) => sum + camera.fitCpuMs, 0);
  return {
    dataset: name,
    fps,
    model: vad.model,
    // All have the same settings.
    threshold: played[0]?.threshold ?? NaN,
    cameras: played.length,
    trainClips: train.length,
    trainSeconds: train.reduce((sum, { labels }) => sum + labels.length, 0) / fps,
    clips,
    cpuMsPerFrame: (cpuMs - fitCpuMs) / framesScored,
  };
}
