import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { EvaluatedCamera } from '../../src/eval/evaluated-camera.js';
import { packagePath } from '../../src/paths.js';
import { VadGraphs } from '../../src/workers/vad/vad-graphs.js';

const folder = packagePath('../shared/data/clips');
const wanted = process.env['NUNCHI_REAL_FOOTAGE'] === '1' && existsSync(folder);
const clips = [
  { id: 'one-by-one-person-detection', fps: 10, frames: 1_394 },
  { id: 'bottle-detection', fps: 30, frames: 1_189 },
];
const LEARNED_S = 240;
/** A quarter of the hour in which two events are allowed. */
const WATCHED_S = 900;

const graphs = new VadGraphs(
  { modelsDir: packagePath('models'), device: 'cpu', onFallback: () => undefined },
  systemClock,
);

describe.skipIf(!wanted)(
  'looped normal footage (needs NUNCHI_REAL_FOOTAGE=1 and the clips beside the checkout)',
  { timeout: 200_000 },
  () => {
    beforeAll(() => graphs.use(['motion']));
    afterAll(() => graphs.use([]));

    it.each(clips)('makes no event of $id, calibrated on its first minutes', async ({ id, fps, frames }) => {
      const camera = new EvaluatedCamera(graphs, {
        model: 'mulde',
        threshold: 'auto',
        fps: 5,
        alarms_per_day: 1,
        warmup_s: 20,
      });
      const labels = new Array<0>(frames).fill(0);
      const clip = { id, camera: id, kind: null, file: `${folder}/${id}.mp4`, labels };
      const lengthS = frames / fps;
      camera.learn();
      for (let s = 0; s < LEARNED_S; s += lengthS) await camera.play(clip, fps);
      camera.calibrate();
      let events = 0;
      for (let s = 0; s < WATCHED_S; s += lengthS) events += (await camera.play(clip, fps)).events.length;
      expect(events).toBe(0);
    });
  },
);
