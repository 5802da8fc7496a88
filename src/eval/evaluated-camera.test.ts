import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeClip } from '../../test/support/make-clip.js';
import { temporaryDir } from '../../test/support/product.js';
import type { Label, LabelledClip } from './dataset.js';
import { EvaluatedCamera } from './evaluated-camera.js';

const FPS = 10;
const SECONDS = 4;
const file = path.join(temporaryDir('evaluated'), 'clip.mp4');
const clip: LabelledClip = { id: 'one', file, labels: Array<Label>(SECONDS * FPS).fill(0) };
/** A window of 5 frames at 5 FPS is full at 0.8 s and at every 0.2 s after it. */
const RUNS_A_CLIP = 16;

beforeAll(() => {
  makeClip(file, { width: 64, height: 64, fps: FPS, seconds: SECONDS });
});

/** A camera with 1 s of warm-up whose model finds the runs in [first, end), counted over all clips, unusual. */
function cameraWithOddRuns(first: number, end: number): EvaluatedCamera {
  let runs = 0;
  const model = {
    window: 5,
    newMemory: () => new Float32Array(1),
    run: () => {
      runs += 1;
      return Promise.resolve([runs > first && runs <= end ? 0.04 : 0.0001]);
    },
  };
  return new EvaluatedCamera(model, { threshold: 'auto', fps: 5, warmup_s: 1 });
}

describe('the evaluated camera', () => {
  it('warms up once, and starts its window over at each clip', async () => {
    const camera = cameraWithOddRuns(0, 0);
    const first = await camera.play(clip, FPS);
    const second = await camera.play(clip, FPS);
    expect(camera.framesScored).toBe(2 * RUNS_A_CLIP);
    expect([first.warm, second.warm]).toEqual([false, true]);
    expect(first.scores).toHaveLength(RUNS_A_CLIP - 5);
    expect(second.scores).toHaveLength(RUNS_A_CLIP);
    expect(second.scores[0]?.atUs).toBe(800_000);
    expect(second.frameUs.slice(0, 3)).toEqual([0, 100_000, 200_000]);
  });

  it('tells of an event 0.6 s after its first score, in the time of its clip', async () => {
    const camera = cameraWithOddRuns(RUNS_A_CLIP + 5, RUNS_A_CLIP + 11);
    await camera.play(clip, FPS);
    const { events } = await camera.play(clip, FPS);
    expect(events).toMatchObject([{ startUs: 1_800_000, toldUs: 2_400_000, endUs: 2_800_000 }]);
  });

  it('ends what is open at the end of a clip, so that no event spans two', async () => {
    const camera = cameraWithOddRuns(RUNS_A_CLIP - 6, RUNS_A_CLIP + 2);
    const first = await camera.play(clip, FPS);
    const second = await camera.play(clip, FPS);
    expect(first.events).toMatchObject([{ startUs: 2_800_000, endUs: 3_800_000 }]);
    // Two odd runs are too few to be told of.
    expect(second.events).toEqual([]);
  });

  it('refuses labels that are too few or made for another rate, with the clip named', async () => {
    const camera = cameraWithOddRuns(0, 0);
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
