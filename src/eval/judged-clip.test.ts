import { describe, expect, it } from 'vitest';
import type { Label } from './dataset.js';
import type { PlayedClip } from './evaluated-camera.js';
import { judge } from './judged-clip.js';

const FPS = 10;
const labels: Label[] = [0, 0, 1, 1, 1, 0];

function played(part: Partial<PlayedClip>): PlayedClip {
  return {
    clip: { id: 'a', camera: 'a', kind: null, file: '/a.mp4', labels },
    frameUs: labels.map((_, frame) => frame * 100_000),
    scores: [
      { atUs: 300_000, anomalyScore: 0.2 },
      { atUs: 500_000, anomalyScore: 0.7 },
    ],
    events: [],
    warm: true,
    ...part,
  };
}

describe('a judged clip', () => {
  it('has a score for every frame when the camera was warm', () => {
    const clip = judge(played({}), FPS);
    expect(clip.framesSkipped).toBe(0);
    expect(clip.online).toEqual([0.2, 0.2, 0.2, 0.2, 0.2, 0.7]);
    expect(clip.labels).toEqual(labels);
  });

  it('begins at the first score when the camera warmed up in it', () => {
    const clip = judge(played({ warm: false }), FPS);
    expect(clip.framesSkipped).toBe(3);
    expect(clip.labels).toEqual([1, 1, 0]);
    expect(clip.misses).toMatchObject([{ startUs: 300_000, endUs: 500_000 }]);
  });

  it.each([true, false])('is empty when it brought no score (warm: %s)', (warm) => {
    const clip = judge(played({ warm, scores: [] }), FPS);
    expect(clip.framesSkipped).toBe(6);
    expect(clip).toMatchObject({ labels: [], online: [], literature: [], found: [], misses: [] });
  });
});
