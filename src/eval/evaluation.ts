import type { CameraSettings } from '../config.js';
import { AppError } from '../errors.js';
import { MS_PER_S } from '../units.js';
import type { Mnad } from '../workers/mnad.js';
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
  trainClips: number;
  /** Length of the train clips together. */
  trainSeconds: number;
  /** The test clips, in their order. */
  clips: JudgedClip[];
  /** CPU time of the process, all threads, for each frame that went through the model; decoding included. */
  cpuMsPerFrame: number;
}

/**
 * Plays the train clips to a new camera, as the footage of its first minutes, then the test clips, and judges what it
 * said of them. `onClip` hears of each clip before it plays. Throws `config.invalid` when labels and files do not fit
 * or nothing is left to judge, and `camera.open_failed`, `camera.frame_rejected`.
 */
export async function evaluate(
  dataset: Dataset,
  model: Pick<Mnad, 'run' | 'newMemory' | 'window'>,
  vad: CameraSettings['vad'],
  onClip: (id: string) => void,
): Promise<Evaluation> {
  const { name, fps, train, test } = dataset;
  const camera = new EvaluatedCamera(model, vad);
  const cpuBefore = process.cpuUsage();
  for (const clip of train) {
    onClip(clip.id);
    await camera.play(clip, fps);
  }
  const clips: JudgedClip[] = [];
  for (const clip of test) {
    onClip(clip.id);
    clips.push(judge(await camera.play(clip, fps), fps));
  }
  if (clips.every(({ labels }) => labels.length === 0)) {
    const message = `all footage of ${name} went into the warm-up of ${vad.warmup_s} s; add train clips or longer clips`;
    throw new AppError('config.invalid', message);
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    dataset: name,
    fps,
    model: vad.model,
    threshold: camera.threshold,
    trainClips: train.length,
    trainSeconds: train.reduce((sum, { labels }) => sum + labels.length, 0) / fps,
    clips,
    cpuMsPerFrame: (user + system) / MS_PER_S / camera.framesScored,
  };
}
