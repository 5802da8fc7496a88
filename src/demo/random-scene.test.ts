import { describe, expect, it } from 'vitest';
import { PerspectiveCamera, vec, type Viewport } from './perspective.js';
import { randomScene, type Distance } from './random-scene.js';
import type { Scene } from './scene.js';
import { walkersAt } from './walkers.js';

const viewport: Viewport = { width: 192, height: 192 };
const seeds = Array.from({ length: 40 }, (_, seed) => seed);

/** People whose chest is in the picture, of all people at this time. */
function seen(scene: Scene, timeS: number): number {
  const camera = new PerspectiveCamera(scene.site.camera, viewport);
  return walkersAt(scene, timeS).filter(({ stance }) => {
    const chest = camera.project(vec(stance.at.x, 1.2, stance.at.z));
    return (
      chest !== undefined &&
      chest.x >= 0 &&
      chest.x < viewport.width &&
      chest.y >= 0 &&
      chest.y < viewport.height
    );
  }).length;
}

describe('a random scene', () => {
  it.each<Distance>(['near', 'far'])('seen from %s has people in view at almost any time', (distance) => {
    const views = seeds.flatMap((seed) =>
      [5, 25, 45].map((timeS) => seen(randomScene(seed, undefined, distance), timeS)),
    );
    expect(views.filter((people) => people > 0).length).toBeGreaterThan(0.9 * views.length);
  });

  it('from far is another for every seed, the same for the same seed, and not the near one', () => {
    const cameras = seeds.map((seed) => JSON.stringify(randomScene(seed, undefined, 'far').site.camera));
    expect(new Set(cameras).size).toBe(seeds.length);
    expect(randomScene(3, undefined, 'far')).toEqual(randomScene(3, undefined, 'far'));
    expect(randomScene(3, undefined, 'far').site.camera).not.toEqual(randomScene(3).site.camera);
  });
});
