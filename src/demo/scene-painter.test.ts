import { describe, expect, it } from 'vitest';
import { demoCameras } from './demo-cameras.js';
import { demoScene } from './demo-scenes.js';
import { randomScene } from './random-scene.js';
import { ScenePainter } from './scene-painter.js';

const size = { width: 320, height: 180 };

describe.each(demoCameras)('the scene of $id', ({ id, seconds, anomalies }) => {
  const scene = demoScene(id);
  const painter = new ScenePainter(scene, size);

  it('repeats after its period, during an anomaly too', () => {
    for (const timeS of [0, 12.3, anomalies[0].startS + 2]) {
      expect(painter.frameAt(timeS).equals(painter.frameAt(timeS + seconds))).toBe(true);
    }
  });

  it('moves', () => {
    expect(painter.frameAt(5).equals(painter.frameAt(5.2))).toBe(false);
  });

  it('leads from its last frame to its first one in an ordinary step', () => {
    const ordinaryStep = meanDifference(painter.frameAt(10), painter.frameAt(10.1));
    const seam = meanDifference(painter.frameAt(seconds - 0.1), painter.frameAt(seconds));
    expect(seam).toBeLessThan(3 * ordinaryStep);
  });

  it('shows each anomaly within its time and not outside it', () => {
    for (const anomaly of scene.anomalies) {
      const middle = painter.anomalyBoxAt(anomaly, (anomaly.startS + anomaly.endS) / 2);
      expect(middle).toBeDefined();
      expect(painter.anomalyBoxAt(anomaly, anomaly.startS - 0.1)).toBeUndefined();
      expect(painter.anomalyBoxAt(anomaly, anomaly.endS)).toBeUndefined();
    }
  });
});

describe('a random scene', () => {
  it('is the same for the same seed', () => {
    const [one, same] = [7, 7].map((seed) => new ScenePainter(randomScene(seed, 'smoke'), size).frameAt(22));
    expect(one?.equals(same ?? new Uint8Array())).toBe(true);
  });

  it('is another one for another seed', () => {
    const [one, other] = [7, 8].map((seed) => new ScenePainter(randomScene(seed), size).frameAt(3));
    expect(one?.equals(other ?? new Uint8Array())).toBe(false);
  });
});

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0) / a.length;
}
