import { demoCameras, type AnomalyKind } from './demo-cameras.js';
import { seededRandom } from '../random.js';
import type { Clothes, Scene } from './scene.js';
import { sites } from './sites.js';
import { populate, type ClearLane } from './walkers.js';

export type DemoCameraId = (typeof demoCameras)[number]['id'];

/** Worn by people in sudden anomalies, so that they stand out from the pavement. */
const dark: Clothes = { top: [26, 26, 30], trousers: [22, 24, 32] };
const light: Clothes = { top: [246, 244, 238], trousers: [228, 226, 220] };

const suddenKinds: ReadonlySet<AnomalyKind> = new Set(['running', 'wrong_way', 'fall']);

/** How busy each demo scene is, and the strip nearest to the camera, which is left to the anomalies. */
const casting: Record<DemoCameraId, { seed: number; people: number; stage: ClearLane; clothes: Clothes }> = {
  gate: { seed: 11, people: 13, stage: { laneZ: -1.9, halfWidthM: 1.1 }, clothes: dark },
  plaza: { seed: 23, people: 20, stage: { laneZ: -4, halfWidthM: 1.1 }, clothes: dark },
  lane: { seed: 37, people: 10, stage: { laneZ: -1.2, halfWidthM: 1.1 }, clothes: light },
  yard: { seed: 41, people: 14, stage: { laneZ: -2.3, halfWidthM: 1.1 }, clothes: light },
};

/** The scene that a demo camera watches. */
export function demoScene(id: DemoCameraId): Scene {
  const camera = demoCameras.find((candidate) => candidate.id === id);
  if (camera === undefined) throw new Error(`no demo camera ${id}`);
  const { seed, people, stage, clothes } = casting[id];
  const site = sites[id];
  return {
    seed,
    periodS: camera.seconds,
    site,
    walkers: populate(site, people, camera.seconds, seededRandom(seed), stage),
    anomalies: camera.anomalies.map((anomaly) => ({
      ...anomaly,
      laneZ: stage.laneZ,
      ...(suddenKinds.has(anomaly.kind) ? { clothes } : {}),
    })),
  };
}
