import type { Box, Viewport } from './perspective.js';
import type { ScenePainter } from './scene-painter.js';
import type { Scene } from './scene.js';

/** Ground truth of a clip, as stored beside it in `<id>.truth.json`. */
export interface ClipTruth {
  readonly fps: number;
  readonly frames: number;
  /** One for each frame: 1 while any anomaly is on. */
  readonly labels: readonly (0 | 1)[];
  readonly anomalies: readonly {
    readonly kind: string;
    readonly start_frame: number;
    /** Exclusive. */
    readonly end_frame: number;
    /** One for each frame from `start_frame` on, in pixels of the clip; null while nothing of it is in view. */
    readonly boxes: readonly (Box | null)[];
  }[];
}

/** Geometry of every demo clip. */
export const CLIP_SIZE: Viewport = { width: 640, height: 360 };
export const CLIP_FPS = 10;

/** What is anomalous in the clip of `scene`, and where; `painter` must draw that scene. */
export function clipTruth(scene: Scene, painter: ScenePainter): ClipTruth {
  const frames = scene.periodS * CLIP_FPS;
  const anomalies = scene.anomalies.map((anomaly) => {
    const startFrame = anomaly.startS * CLIP_FPS;
    const endFrame = anomaly.endS * CLIP_FPS;
    return {
      kind: anomaly.kind,
      start_frame: startFrame,
      end_frame: endFrame,
      boxes: Array.from(
        { length: endFrame - startFrame },
        (_, index) => painter.anomalyBoxAt(anomaly, (startFrame + index) / CLIP_FPS) ?? null,
      ),
    };
  });
  const labels = Array.from({ length: frames }, (_, frame) =>
    anomalies.some(({ start_frame, end_frame }) => frame >= start_frame && frame < end_frame) ? 1 : 0,
  );
  return { fps: CLIP_FPS, frames, labels, anomalies };
}
