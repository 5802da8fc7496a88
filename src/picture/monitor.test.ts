import { beforeAll, describe, expect, it } from 'vitest';
import type { AnomalyKind } from '../demo/demo-cameras.js';
import {
  compressed,
  covered,
  defocused,
  panned,
  passedByBus,
  relit,
  shifted,
  withNoise,
  withRain,
} from '../demo/disturbances.js';
import { toGray } from '../demo/gray-frame.js';
import { ANOMALY_START_S, randomScene } from '../demo/random-scene.js';
import { seededRandom } from '../random.js';
import { ScenePainter } from '../demo/scene-painter.js';
import type { Scene } from '../demo/scene.js';
import { VAD_FRAME } from '../frame.js';
import { US_PER_S } from '../units.js';
import { PictureMonitor, type PictureReport } from './monitor.js';

const FPS = 5;
const RENDERED = { width: 384, height: 216 };
const SCENE_SEED = 31;

const random = seededRandom(8);
const noisy = (picture: Uint8Array): Uint8Array => withNoise(picture, 1.5, random);

async function draw(scene: Scene, startS: number, seconds: number): Promise<Uint8Array[]> {
  const pictures: Uint8Array[] = [];
  const painter = new ScenePainter(scene, RENDERED);
  for await (const frame of painter.frames(startS, FPS, seconds * FPS))
    pictures.push(toGray(frame, RENDERED, VAD_FRAME));
  return pictures;
}

/** A camera that shows its pictures over and over, unless something befalls it. */
class Camera {
  readonly #pictures: readonly Uint8Array[];
  readonly #fps: number;
  readonly #monitor: PictureMonitor;
  #frame = 0;

  constructor(pictures: readonly Uint8Array[], fps = FPS) {
    this.#pictures = pictures;
    this.#fps = fps;
    this.#monitor = new PictureMonitor(fps);
  }

  /** Shows them for so long; `befall` turns each picture into another, or null where the frame is lost. */
  show(
    seconds: number,
    befall: (picture: Uint8Array, frame: number) => Uint8Array | null = (picture) => picture,
  ): PictureReport[] {
    const reports: PictureReport[] = [];
    for (let i = 0; i < seconds * this.#fps; i += 1, this.#frame += 1) {
      const ordinary = this.#pictures[this.#frame % this.#pictures.length];
      const picture = ordinary === undefined ? null : befall(ordinary, i);
      if (picture === null) continue;
      reports.push(this.#monitor.observe(picture, Math.round((this.#frame * US_PER_S) / this.#fps)));
    }
    return reports;
  }
}

/** Seconds after which the reports first say `health`, or null. */
function secondsUntil(health: PictureReport['health'], reports: readonly PictureReport[]): number | null {
  const index = reports.findIndex((report) => report.health === health);
  return index < 0 ? null : index / FPS;
}

const kindsOf = (reports: readonly PictureReport[]): (string | null)[] => [
  ...new Set(reports.map(({ disturbance }) => disturbance)),
];
const healthOf = (reports: readonly PictureReport[]): string[] => [
  ...new Set(reports.map(({ health }) => health)),
];

describe('an ordinary scene', () => {
  const anomalies: (AnomalyKind | undefined)[] = [
    undefined,
    'running',
    'vehicle',
    'smoke',
    'fall',
    'vehicle',
  ];

  it.each(anomalies.map((anomaly, i) => [anomaly ?? 'walkers only', 4_000 + 37 * i, anomaly] as const))(
    'with %s (seed %i) leaves the gate open and the health good, with noise and without',
    async (_, seed, anomaly) => {
      const pictures = await draw(randomScene(seed, anomaly), ANOMALY_START_S - 8, 18);
      const reports = [...new Camera(pictures).show(18), ...new Camera(pictures.map(noisy)).show(18)];
      expect(kindsOf(reports)).toEqual([null]);
      expect(healthOf(reports)).toEqual(['good']);
    },
  );
});

describe('a camera', () => {
  let scene: Uint8Array[] = [];
  let camera = new Camera(scene);

  beforeAll(async () => {
    scene = (await draw(randomScene(SCENE_SEED), 0, 20)).map(noisy);
  });

  /** A camera that has shown its scene for half a minute. */
  const watched = (): Camera => {
    camera = new Camera(scene);
    expect(kindsOf(camera.show(30))).toEqual([null]);
    return camera;
  };

  describe('closes the gate', () => {
    it.each([
      ['light', null, 'a light switched on', (picture: Uint8Array) => relit(picture, 1.5, 10)],
      ['light', null, 'a light switched off', (picture: Uint8Array) => relit(picture, 0.6)],
      ['light', null, 'a step of the exposure', (picture: Uint8Array) => relit(picture, 1.25)],
      ['shift', 'health', 'a bump of 2 px', (picture: Uint8Array) => shifted(picture, VAD_FRAME, 2, 0)],
      ['shift', 'health', 'a bump of 6 px', (picture: Uint8Array) => shifted(picture, VAD_FRAME, -5, 3)],
      ['cut', 'health', 'a gray picture', () => new Uint8Array(VAD_FRAME.bytes).fill(128)],
    ] as const)('(%s) for 0.8 s, then %s, on %s and on its end', (kind, then, _, befall) => {
      const during = watched().show(3, befall);
      expect(during.slice(0, 4).map(({ disturbance }) => disturbance)).toEqual([kind, kind, kind, kind]);
      expect(kindsOf(during.slice(4))).toEqual([then]);
      expect(camera.show(1)[0]?.disturbance).toBe(kind);
    });

    it('(light) all along a light that takes a second', () => {
      const during = watched().show(3, (picture, i) => relit(picture, 1 + 0.8 * Math.min(1, (i + 1) / 5)));
      expect(kindsOf(during.slice(0, 8))).toEqual(['light']);
      expect(kindsOf(during.slice(9))).toEqual([null]);
    });

    it('(shift) while the camera shakes', () => {
      const during = watched().show(4, (picture, i) => shifted(picture, VAD_FRAME, 0, i % 2 === 0 ? 2 : -2));
      expect(kindsOf(during)).toEqual(['shift']);
    });

    it('(gap) after two or more lost frames, but not after one', () => {
      expect(kindsOf(watched().show(3, (picture, i) => (i === 5 ? null : picture)))).toEqual([null]);
      const during = watched().show(3, (picture, i) => (i === 5 || i === 6 ? null : picture));
      expect(during.map(({ disturbance }) => disturbance).slice(4, 10)).toEqual([
        null,
        'gap',
        'gap',
        'gap',
        'gap',
        null,
      ]);
    });

    it('(gap) at times, never for anything else, when 30% of the frames are lost', () => {
      const during = watched().show(30, (picture) => (random() < 0.3 ? null : picture));
      expect(new Set(kindsOf(during))).toEqual(new Set([null, 'gap']));
      expect(healthOf(during)).toEqual(['good']);
      expect(during.filter(({ disturbance }) => disturbance === null).length).toBeGreaterThan(
        0.4 * during.length,
      );
    });

    it('(pulse) on a keyframe that encodes every texture anew, and on no frame between', () => {
      const during = watched().show(8, (picture, i) =>
        i % 10 === 5 ? compressed(picture, VAD_FRAME, 24) : picture,
      );
      const closed = during.flatMap(({ disturbance }, i) => (disturbance === null ? [] : [i % 10]));
      expect(closed.length).toBeGreaterThanOrEqual(4);
      expect(new Set(closed)).toEqual(new Set([5, 6]));
      expect(kindsOf(during)).toEqual([null, 'pulse']);
    });

    it('in heavy rain, until rain is usual; the health stays good', () => {
      const during = watched().show(60, (picture) => withRain(picture, VAD_FRAME, 900, random));
      expect(kindsOf(during.slice(0, 25 * FPS))).not.toContain(null);
      expect(kindsOf(during.slice(-15 * FPS))).toEqual([null]);
      expect(healthOf(during)).toEqual(['good']);
    });
  });

  it('leaves the gate open in fog that rises over half a minute, and stays healthy', () => {
    const during = watched().show(40, (picture, i) => {
      const clear = Math.max(0.4, 1 - i / 200);
      return relit(picture, clear, 150 * (1 - clear));
    });
    expect(kindsOf(during)).toEqual([null]);
    expect(healthOf(during)).toEqual(['good']);
  });

  it('stays healthy when a bus fills most of the picture, stands there and leaves', () => {
    const during = watched().show(16, (picture, i) => {
      const left = i < 10 ? -120 + 12 * i : i < 70 ? 0 : 12 * (i - 70);
      return passedByBus(picture, VAD_FRAME, left, 120);
    });
    expect(healthOf(during)).toEqual(['good']);
    expect(during.filter(({ disturbance }) => disturbance !== null).length).toBeLessThan(2 * FPS);
  });

  it('leaves the gate open when something fills almost half of the picture from one frame to the next', () => {
    const during = watched().show(4, (picture) => passedByBus(picture, VAD_FRAME, 0, 100));
    expect(kindsOf(during)).toEqual([null]);
  });

  describe('is called', () => {
    it.each([
      ['covered', 6, 'under a bag', () => noisy(covered(VAD_FRAME, 70))],
      ['covered', 6, 'behind a bright hand', () => noisy(covered(VAD_FRAME, 170))],
      ['dark', 6, 'without light', (picture: Uint8Array) => noisy(relit(picture, 0.12))],
      ['blurred', 8, 'out of focus', (picture: Uint8Array) => defocused(picture, VAD_FRAME, 2)],
      ['blurred', 8, 'far out of focus', (picture: Uint8Array) => defocused(picture, VAD_FRAME, 5)],
      ['moved', 18, 'moved by 5 px', (picture: Uint8Array) => shifted(picture, VAD_FRAME, -4, 3)],
    ] as const)('%s within %i s %s, not at once, and good soon after', (health, withinS, _, befall) => {
      const during = watched().show(withinS + 2, befall);
      expect(secondsUntil(health, during)).toBeGreaterThan(3);
      expect(secondsUntil(health, during)).toBeLessThanOrEqual(withinS);
      expect(healthOf(during)).toEqual(['good', health]);
      expect(during.at(-1)?.disturbance).toBe(health === 'dark' || health === 'blurred' ? null : 'health');
      expect(secondsUntil('good', camera.show(10))).toBeLessThanOrEqual(6);
    });

    it('good again once the lens has been covered for less than 3 s', () => {
      const during = watched().show(2.4, () => noisy(covered(VAD_FRAME, 70)));
      expect(healthOf([...during, ...camera.show(10)])).toEqual(['good']);
    });

    it('frozen when the same picture comes for 10 s, and good when it moves again', () => {
      const during = watched().show(20, () => scene[7] ?? null);
      expect(during.at(-1)?.disturbance).toBe('health');
      expect(secondsUntil('frozen', during)).toBeGreaterThanOrEqual(10);
      expect(secondsUntil('frozen', during)).toBeLessThanOrEqual(12);
      expect(kindsOf(during.slice(1))).not.toContain('cut');
      expect(secondsUntil('good', camera.show(10))).toBeLessThanOrEqual(6);
    });

    it('moved when it was turned by two degrees; after a minute that is its new view', async () => {
      const turned = (await draw(panned(randomScene(SCENE_SEED), 2), 0, 20)).map(noisy);
      const during = watched().show(90, (_, i) => turned[i % turned.length] ?? null);
      const movedAfterS = secondsUntil('moved', during) ?? NaN;
      expect(movedAfterS).toBeLessThanOrEqual(18);
      const changed = during.flatMap(({ viewChanged }, i) => (viewChanged ? [i] : []));
      expect(changed).toEqual([(movedAfterS + 60) * FPS]);
      expect(kindsOf(during.slice(0, changed[0]))).not.toContain(null);
      expect(healthOf(during.slice(changed[0]))).toEqual(['good']);
      expect(kindsOf(during.slice(changed[0]))).toEqual([null]);
      expect(secondsUntil('moved', camera.show(20))).toBeLessThanOrEqual(18);
    });
  });

  it('follows nightfall: half an hour from day to a quarter of its light is no fault', () => {
    const during = new Camera(scene, 1).show(1_860, (picture, i) => relit(picture, 4 ** (-i / 1_860)));
    expect(healthOf(during)).toEqual(['good']);
    expect(kindsOf(during)).toEqual([null]);
  });
});
