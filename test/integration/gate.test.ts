import { beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { covered, panned, relit, withNoise } from '../../src/demo/disturbances.js';
import { toGray } from '../../src/demo/gray-frame.js';
import { ANOMALY_START_S, randomScene } from '../../src/demo/random-scene.js';
import { ScenePainter } from '../../src/demo/scene-painter.js';
import type { Scene } from '../../src/demo/scene.js';
import { VAD_FRAME } from '../../src/frame.js';
import { packagePath } from '../../src/paths.js';
import type { PictureHealth } from '../../src/protocol/camera.js';
import type { VadReading } from '../../src/protocol/gpu.js';
import { seededRandom } from '../../src/random.js';
import { fitCalibration, type Calibration } from '../../src/scoring/calibration.js';
import { newGrid } from '../../src/scoring/cell-grid.js';
import { Detector } from '../../src/scoring/detector.js';
import { PictureMonitor } from '../../src/picture/monitor.js';
import { US_PER_S } from '../../src/units.js';
import { CameraWindow } from '../../src/workers/vad/camera-window.js';
import { graphInput, VadGraphs } from '../../src/workers/vad/vad-graphs.js';

const FPS = 5;
const RENDERED = { width: 384, height: 216 };
const ASPECT = RENDERED.height / RENDERED.width;
const SCENE_SEED = 31;
/** The scene repeats itself after a minute. */
const PERIOD_S = 60;
const LEARNED_S = 75;
/** What every camera has seen when something befalls it. */
const SETTLED_S = 30;

const models = ['mulde', 'fused'] as const;
const random = seededRandom(8);
const noisy = (picture: Uint8Array): Uint8Array => withNoise(picture, 1.5, random);

const graphs = new VadGraphs(
  { modelsDir: packagePath('models'), device: 'cpu', onFallback: () => undefined },
  systemClock,
);

async function draw(scene: Scene, startS: number, seconds: number): Promise<Uint8Array[]> {
  const pictures: Uint8Array[] = [];
  const painter = new ScenePainter(scene, RENDERED);
  for await (const frame of painter.frames(startS, FPS, seconds * FPS))
    pictures.push(noisy(toGray(frame, RENDERED, VAD_FRAME)));
  return pictures;
}

/** What happened while a camera showed some pictures. */
interface Watched {
  health: PictureHealth[];
  gatedS: number;
  /** Of each model. */
  events: number[];
  topScores: number[];
}

/** The product's way from VAD frames to episodes, for each model, without the threads between its parts. */
class Camera {
  readonly detectors = models.map(
    (model) =>
      new Detector(
        { model, threshold: 'auto', warmup_s: LEARNED_S - 15 },
        newGrid().fill(1),
        seededRandom(1),
      ),
  );
  readonly #monitor = new PictureMonitor(FPS);
  readonly #window = new CameraWindow();
  #frame = 0;

  /** Shows pictures, null where a frame is lost; `readings` stands in for the graphs as far as it reaches. */
  async show(
    pictures: readonly (Uint8Array | null)[],
    readings: (VadReading | null)[] = [],
  ): Promise<Watched> {
    const watched: Watched = { health: [], gatedS: 0, events: [0, 0], topScores: [0, 0] };
    for (const [i, picture] of pictures.entries()) {
      const ptsUs = (this.#frame++ * US_PER_S) / FPS;
      if (picture === null) continue;
      const { disturbance, health, viewChanged } = this.#monitor.observe(picture, ptsUs);
      if (watched.health.at(-1) !== health) watched.health.push(health);
      if (disturbance !== null) watched.gatedS += 1 / FPS;
      if (viewChanged) for (const detector of this.detectors) detector.learnAnew(60);
      this.#window.push({ pixels: picture.slice().buffer, ptsUs, aspect: ASPECT });
      const known = readings[i];
      const reading = known === undefined ? await this.#read(ptsUs, disturbance !== null) : known;
      readings[i] = reading;
      if (reading !== null) this.#observe(reading, watched);
    }
    return watched;
  }

  async #read(ptsUs: number, disturbed: boolean): Promise<VadReading | null> {
    const reading = { camera: 'gate', ptsUs, wallTime: ptsUs / US_PER_S, disturbed, waitedMs: 0 };
    // The detector does not look at what the graphs say of it, which takes this test minutes.
    if (disturbed) return { ...reading, motion: null, error: null };
    const input = graphInput(this.#window, ['motion', 'mnad']);
    if (input === null) return null;
    const { motion = null, error = null } = (await graphs.read([input])).outputs[0] ?? {};
    return { ...reading, motion, error };
  }

  #observe(reading: VadReading, watched: Watched): void {
    for (const [i, detector] of this.detectors.entries()) {
      const opened = detector.observe(reading)?.type === 'opened';
      watched.events[i] = (watched.events[i] ?? 0) + Number(opened);
      const { latest } = detector;
      if (latest?.ptsUs !== reading.ptsUs) continue;
      watched.topScores[i] = Math.max(watched.topScores[i] ?? 0, latest.anomalyScore);
    }
  }
}

let scene: Uint8Array[] = [];
let calibrations: Calibration[] = [];
const settledReadings: (VadReading | null)[] = [];

beforeAll(async () => {
  await graphs.use(['motion', 'mnad']);
  scene = await draw(randomScene(SCENE_SEED), 0, PERIOD_S);
  const learning = new Camera();
  await learning.show(ordinary(0, LEARNED_S), settledReadings);
  settledReadings.length = SETTLED_S * FPS;
  calibrations = learning.detectors.map((detector) => fitCalibration(detector.footage, 1));
}, 180_000);

function ordinary(startS: number, seconds: number): Uint8Array[] {
  const frames = Array.from({ length: seconds * FPS }, (_, i) => (startS * FPS + i) % scene.length);
  return frames.map((frame) => scene[frame] ?? new Uint8Array(VAD_FRAME.bytes));
}

/** A calibrated camera after its first `SETTLED_S` seconds. */
async function settledCamera(): Promise<Camera> {
  const camera = new Camera();
  calibrations.forEach((calibration, i) => camera.detectors[i]?.use(calibration));
  const { health, gatedS, events } = await camera.show(ordinary(0, SETTLED_S), [...settledReadings]);
  expect({ health, gatedS, events }).toEqual({ health: ['good'], gatedS: 0, events: [0, 0] });
  return camera;
}

/** Shows what befalls a camera, and then the ordinary scene again, in which nothing must happen either. */
async function befall(
  pictures: readonly (Uint8Array | null)[],
): Promise<{ during: Watched; after: Watched }> {
  const camera = await settledCamera();
  const during = await camera.show(pictures);
  const after = await camera.show(ordinary(SETTLED_S + pictures.length / FPS, 12));
  for (const { events } of [during, after]) expect(events).toEqual([0, 0]);
  expect(after.health.at(-1)).toBe('good');
  return { during, after };
}

const usual = (seconds: number): Uint8Array[] => ordinary(SETTLED_S, seconds);

describe(`a camera that scores by ${models.join(' and ')}`, { timeout: 60_000 }, () => {
  it('tells of an anomaly, and scores what is ordinary low', async () => {
    const camera = await settledCamera();
    const before = await camera.show(usual(10));
    expect(before).toMatchObject({ health: ['good'], gatedS: 0, events: [0, 0] });
    for (const score of before.topScores) expect(score).toBeLessThan(0.45);
    const vehicle = await draw(randomScene(SCENE_SEED, 'vehicle'), ANOMALY_START_S, 8);
    expect((await camera.show(vehicle)).events).toEqual([1, 1]);
  });

  describe('opens no event', () => {
    it.each([
      ['a light switched on', 1.5, 10],
      ['a light switched off', 0.6, 0],
      ['a step of the exposure', 1.25, 0],
    ])('on %s; it is gated for 0.8 s, and its health stays good', async (_, gain, offset) => {
      const { during, after } = await befall(usual(15).map((picture) => relit(picture, gain, offset)));
      expect(during).toMatchObject({ health: ['good'] });
      expect(during.gatedS).toBeCloseTo(0.8);
      expect(after.gatedS).toBeCloseTo(0.8);
    });

    it('when 30% of the frames are lost; it is gated for less than half of the time', async () => {
      const { during } = await befall(usual(20).map((picture) => (random() < 0.3 ? null : picture)));
      expect(during.health).toEqual(['good']);
      expect(during.gatedS).toBeLessThan(10);
    });

    it('on a picture that freezes; it is called frozen and gated, until it has moved for some seconds', async () => {
      const [first = null] = usual(1);
      const { during, after } = await befall(usual(20).map(() => first));
      expect(during.health).toEqual(['good', 'frozen']);
      expect(during.gatedS).toBeGreaterThan(18);
      expect(after.gatedS).toBeLessThan(6);
    });

    it('on a covered lens; it is called covered, and gated all the time', async () => {
      const { during, after } = await befall(usual(15).map(() => noisy(covered(VAD_FRAME, 70))));
      expect(during.health).toEqual(['good', 'covered']);
      expect(during.gatedS).toBeCloseTo(15);
      expect(after.gatedS).toBeLessThan(6);
    });

    it('when it is turned by two degrees; it is gated for over a minute, until that is its new view', async () => {
      const turned = await draw(panned(randomScene(SCENE_SEED), 2), SETTLED_S, 20);
      const { during } = await befall(Array.from({ length: 5 }, () => turned).flat());
      expect(during.health).toEqual(['good', 'moved', 'good']);
      expect(during.gatedS).toBeGreaterThan(60);
      expect(during.gatedS).toBeLessThan(80);
    });
  });
});
