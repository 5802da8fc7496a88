import { between, seededRandom, type Random } from '../random.js';
import type { AnomalyKind } from './demo-cameras.js';
import { ANOMALY_START_S, randomScene } from './random-scene.js';
import type { Clothes, Scene } from './scene.js';

/** How long an anomaly lasts in seconds, from and to. Nobody lingers in less than five. */
const LASTS_S = [5, 10] as const;
const LINGERS_S = [7, 11] as const;
const suddenKinds: ReadonlySet<AnomalyKind | undefined> = new Set(['running', 'wrong_way', 'fall']);
/** Seeds that are skipped in the search for a one-way lane are left to nobody else. */
const SEARCH_STEP = 10_000_019;

/** As people in the demo's sudden anomalies are dressed. */
const uniforms: readonly (Clothes | undefined)[] = [
  { top: [26, 26, 30], trousers: [22, 24, 32] },
  { top: [246, 244, 238], trousers: [228, 226, 220] },
  undefined,
  undefined,
  undefined,
];

/** A random scene with one anomaly from `ANOMALY_START_S` on, or with none. */
export function candidateScene(seed: number, kind: AnomalyKind | undefined): Scene {
  const random = seededRandom(seed ^ 0x5eed);
  const scene = kind === 'wrong_way' ? oneWayScene(seed) : randomScene(seed, kind);
  const [least, most] = kind === 'loitering' ? LINGERS_S : LASTS_S;
  const lastsS = between(random, least, most);
  const clothes = suddenKinds.has(kind) ? uniforms[Math.floor(random() * uniforms.length)] : undefined;
  return {
    ...scene,
    anomalies: scene.anomalies.map((anomaly) => ({
      ...anomaly,
      endS: ANOMALY_START_S + lastsS,
      laneZ: laneNear(random, scene, anomaly.laneZ),
      ...(clothes === undefined ? {} : { clothes }),
    })),
  };
}

/** In the demo the lane of the anomalies is nearer to the kerb, at times, than in a random scene. */
function laneNear(random: Random, { site }: Scene, laneZ: number): number {
  return random() < 0.5 ? laneZ : between(random, -0.82, -0.4) * site.walkway.halfWidthM;
}

/** Only where everybody goes one way can a picture show that somebody goes the wrong one. */
function oneWayScene(seed: number): Scene {
  for (let tried = seed; ; tried += SEARCH_STEP) {
    const scene = randomScene(tried, 'wrong_way');
    if (scene.site.walkway.traffic === 'oneWay') return scene;
  }
}
