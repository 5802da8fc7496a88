import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeClip } from '../../test/support/make-clip.js';
import { temporaryDir } from '../../test/support/product.js';
import { seededRandom } from '../random.js';
import type { Label, LabelledClip } from './dataset.js';
import type { GraphInput } from '../workers/vad/vad-graphs.js';
import { EvaluatedCamera } from './evaluated-camera.js';

const FPS = 10;
const SECONDS = 4;
const file = path.join(temporaryDir('evaluated'), 'clip.mp4');
const labels = Array<Label>(SECONDS * FPS).fill(0);
const clip: LabelledClip = { id: 'one', camera: 'a', kind: null, file, labels };
/** MNAD's window of 5 frames at 5 FPS is full at 0.8 s and at every 0.2 s after it. */
const READINGS_A_CLIP = 16;

beforeAll(() => {
  makeClip(file, { width: 64, height: 64, fps: FPS, seconds: SECONDS });
});

/** A camera whose prediction fails in the readings [first, end), counted over all clips. */
function cameraWithOddReadings(first: number, end: number): EvaluatedCamera {
  const random = seededRandom(1);
  let readings = 0;
  const graphs = {
    read: (inputs: readonly GraphInput[]) => {
      const outputs = inputs.map(() => {
        readings += 1;
        const odd = readings > first && readings <= end;
        return {
          motion: null,
          error: new Float32Array(576).fill((odd ? 0.04 : 0.0001) * (1 + 0.1 * random())),
        };
      });
      return Promise.resolve({ outputs, runMs: {} });
    },
  };
  return new EvaluatedCamera(graphs, {
    model: 'mnad',
    threshold: 'auto',
    fps: 5,
    alarms_per_day: 1,
    warmup_s: 1,
  });
}

/** Plays clips to learn from, and calibrates on them. */
async function calibrated(camera: EvaluatedCamera, clips: number): Promise<EvaluatedCamera> {
  camera.learn();
  for (let i = 0; i < clips; i += 1) await camera.play(clip, FPS);
  camera.calibrate();
  return camera;
}

describe('the evaluated camera', () => {
  it('scores once it is calibrated, and starts its window over at each clip', async () => {
    const camera = cameraWithOddReadings(0, 0);
    camera.learn();
    const learned = await camera.play(clip, FPS);
    expect(learned).toMatchObject({ warm: false, scores: [] });
    await calibrated(camera, 5);
    const played = await camera.play(clip, FPS);
    expect(played.warm).toBe(true);
    expect(played.scores).toHaveLength(READINGS_A_CLIP);
    expect(played.scores[0]?.atUs).toBe(800_000);
    expect(played.frameUs.slice(0, 3)).toEqual([0, 100_000, 200_000]);
    expect(camera.framesScored).toBe(7 * READINGS_A_CLIP);
  });

  it('tells of an event at its second high score, in the time of its clip; an error counts from its second frame', async () => {
    const camera = await calibrated(
      cameraWithOddReadings(6 * READINGS_A_CLIP + 5, 6 * READINGS_A_CLIP + 11),
      6,
    );
    const { events } = await camera.play(clip, FPS);
    expect(events).toMatchObject([{ startUs: 2_000_000, toldUs: 2_200_000, endUs: 2_800_000 }]);
  });

  it('ends what is open at the end of a clip, so that no event spans two', async () => {
    const camera = await calibrated(
      cameraWithOddReadings(7 * READINGS_A_CLIP - 6, 7 * READINGS_A_CLIP + 1),
      6,
    );
    const first = await camera.play(clip, FPS);
    const second = await camera.play(clip, FPS);
    expect(first.events).toMatchObject([{ startUs: 3_000_000, endUs: 3_800_000 }]);
    // One odd reading is too little to be told of.
    expect(second.events).toEqual([]);
  });

  it('refuses labels that are too few or made for another rate, with the clip named', async () => {
    const camera = cameraWithOddReadings(0, 0);
    const invalid = (message: RegExp): object => ({
      code: 'config.invalid',
      message: expect.stringMatching(message) as string,
    });
    await expect(camera.play({ ...clip, labels: [0, 1] }, FPS)).rejects.toMatchObject(
      invalid(/clip one: 40 frames can be decoded but there are 2 labels/),
    );
    await expect(camera.play(clip, 25)).rejects.toMatchObject(
      invalid(/clip one: it plays at 10\.00 FPS but the labels are for 25/),
    );
  });
});
