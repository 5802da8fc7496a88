import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeClip } from '../../test/support/make-clip.js';
import { temporaryDir } from '../../test/support/product.js';
import type { Dataset, Label, LabelledClip } from './dataset.js';
import { seededRandom } from '../random.js';
import type { GraphInput } from '../workers/vad/vad-graphs.js';
import { evaluate, type Evaluation } from './evaluation.js';
import { reportOf, tallyByKind } from './report.js';
import { textReport } from './text-report.js';

const FPS = 10;
const SECONDS = 4;
const TRAIN_CLIPS = 6;
const file = path.join(temporaryDir('evaluation'), 'clip.mp4');
/** Anomalous from 2 s to 3 s, in the test clips only. */
function clipOf(camera: string, split: 'train' | 'test', kind: string | null = null): LabelledClip {
  const labels = Array.from({ length: SECONDS * FPS }, (_, frame): Label =>
    split === 'test' && frame >= 20 && frame < 30 ? 1 : 0,
  );
  return { id: `${camera}-${split}`, camera, kind, file, labels };
}

const dataset: Dataset = {
  name: 'two cameras',
  fps: FPS,
  train: ['quiet', 'noisy'].flatMap((camera) =>
    Array.from({ length: TRAIN_CLIPS }, () => clipOf(camera, 'train')),
  ),
  test: [clipOf('quiet', 'test', 'running'), clipOf('noisy', 'test', 'smoke')],
};

/** MNAD's window of 5 frames at 5 FPS is full at 0.8 s and at every 0.2 s after it. */
const READINGS_A_CLIP = 16;
const TRAIN_READINGS = TRAIN_CLIPS * READINGS_A_CLIP;

/**
 * The error of a camera's n-th reading, in the order in which the cameras are played. What is unusual to the quiet
 * camera would be nothing to the noisy one, to which nothing unusual happens.
 */
const errors = [
  (reading: number) => (reading > TRAIN_READINGS + 6 && reading <= TRAIN_READINGS + 11 ? 0.004 : 0.0001),
  () => 0.02,
];

interface Evaluated {
  evaluation: Evaluation;
  /** Ids of the clips as they were played. */
  played: string[];
}

async function evaluated(): Promise<Evaluated> {
  const random = seededRandom(1);
  let read = 0;
  const graphs = {
    read: (inputs: readonly GraphInput[]) => {
      const outputs = inputs.map(() => {
        const camera = Math.floor(read / (TRAIN_READINGS + READINGS_A_CLIP));
        read += 1;
        const error = errors[camera]?.(read - camera * (TRAIN_READINGS + READINGS_A_CLIP)) ?? NaN;
        return { motion: null, error: new Float32Array(576).fill(error * (1 + 0.1 * random())) };
      });
      return Promise.resolve({ outputs, runMs: {} });
    },
  };
  const played: string[] = [];
  const vad = { model: 'mnad', threshold: 'auto', fps: 5, alarms_per_day: 1, warmup_s: 1 } as const;
  const evaluation = await evaluate(dataset, graphs, vad, (id) => played.push(id));
  return { evaluation, played };
}

let twoCameras: Evaluated;

beforeAll(async () => {
  makeClip(file, { width: 64, height: 64, fps: FPS, seconds: SECONDS });
  twoCameras = await evaluated();
});

describe('an evaluation of several cameras', () => {
  it('plays to each camera its own train clips, then its own test clips', () => {
    const trained = (camera: string): string[] =>
      Array.from({ length: TRAIN_CLIPS }, () => `${camera}-train`);
    expect(twoCameras.played).toEqual([...trained('quiet'), 'quiet-test', ...trained('noisy'), 'noisy-test']);
  });

  it('calibrates each camera on its own footage only', () => {
    const [quiet, noisy] = twoCameras.evaluation.clips;
    expect(quiet?.found).toHaveLength(1);
    expect(noisy?.events).toEqual([]);
    expect(noisy?.framesSkipped).toBe(0);
  });

  it('pools what the cameras found', () => {
    const { events, clips } = reportOf(twoCameras.evaluation);
    expect(clips.map(({ id }) => id)).toEqual(['quiet-test', 'noisy-test']);
    expect(events).toMatchObject({ recall: 0.5, precision: 1, false_alarms_per_hour: 0 });
  });

  it('says how many cameras there were, and the recall of each kind, best first', () => {
    const { evaluation } = twoCameras;
    expect(tallyByKind(evaluation)).toEqual([
      { kind: 'running', found: 1, segments: 1 },
      { kind: 'smoke', found: 0, segments: 1 },
    ]);
    const text = textReport(evaluation, reportOf(evaluation));
    expect(text).toMatch(/calibrated on 12 train clips \(48\.0 s\), 2 test clips of 2 cameras$/m);
    expect(text).toMatch(
      /^event recall by kind\nrunning +1\.0000 +1 of 1 anomalies\nsmoke +0\.0000 +0 of 1/m,
    );
  });

  it('leaves kinds out of the text when the data set names none', () => {
    const { evaluation } = twoCameras;
    const clips = evaluation.clips.map((clip) => ({ ...clip, kind: null }));
    const text = textReport({ ...evaluation, clips }, reportOf(evaluation));
    expect(text).not.toContain('by kind');
  });
});
