import { setImmediate } from 'node:timers/promises';
import { createCanvas, type Canvas, type SKRSContext2D } from '@napi-rs/canvas';
import { footing, type Actor, type StagedActor } from './actors.js';
import { perform, type Performance } from './anomalies.js';
import { paintBackdrop } from './backdrop.js';
import { css } from './colour.js';
import { extremes } from './extremes.js';
import { paintActor } from './paint-actors.js';
import { PerspectiveCamera, vec, type Box, type Viewport } from './perspective.js';
import { seededRandom } from '../random.js';
import type { Scene, StagedAnomaly } from './scene.js';
import { paintShadow } from './shadows.js';
import { stageOf } from './stage.js';
import { randomLook, walkersAt } from './walkers.js';

/** Draws the frames of one scene, in any order. */
export class ScenePainter {
  readonly #scene: Scene;
  readonly #camera: PerspectiveCamera;
  readonly #canvas: Canvas;
  readonly #ctx: SKRSContext2D;
  readonly #shadows: Canvas;
  readonly #backdrop: Canvas;
  readonly #performances: ReadonlyMap<StagedAnomaly, Performance>;

  constructor(scene: Scene, viewport: Viewport) {
    this.#scene = scene;
    this.#camera = new PerspectiveCamera(scene.site.camera, viewport);
    this.#canvas = createCanvas(viewport.width, viewport.height);
    this.#ctx = this.#canvas.getContext('2d');
    this.#shadows = createCanvas(viewport.width, viewport.height);
    this.#backdrop = paintBackdrop(scene, this.#camera);
    this.#performances = new Map(
      scene.anomalies.map((anomaly) => {
        const seed = scene.seed + Math.round(anomaly.startS * 1000);
        const look = { ...randomLook(seededRandom(seed)), ...anomaly.clothes };
        return [anomaly, perform(anomaly, stageOf(scene.site, this.#camera, anomaly.laneZ), look, seed)];
      }),
    );
  }

  /**
   * Draws the scene at `timeS` seconds.
   *
   * @returns uint8 [height, width, 4] RGBA, a copy that the caller owns
   */
  frameAt(timeS: number): Buffer {
    const now = this.#withinPeriod(timeS);
    const staged = [...this.#performances.values()].flatMap((performance) => performance(now));
    this.#paint([...walkersAt(this.#scene, now), ...staged.map(({ actor }: StagedActor) => actor)]);
    return this.#canvas.data();
  }

  /** As `frameAt`, without anything that the anomalies bring on stage. */
  ordinaryFrameAt(timeS: number): Buffer {
    this.#paint(walkersAt(this.#scene, this.#withinPeriod(timeS)));
    return this.#canvas.data();
  }

  /**
   * Draws `count` frames, `fps` a second, from `startS` on.
   *
   * Asynchronous because the canvas gives its native memory back only when the event loop turns: drawn in one
   * go, a minute of frames takes gigabytes.
   */
  async *frames(startS: number, fps: number, count: number): AsyncGenerator<Buffer> {
    for (let frame = 0; frame < count; frame++) {
      yield this.frameAt(startS + frame / fps);
      await setImmediate();
    }
  }

  /** Box of the anomalous actors of one anomaly at `timeS`; undefined while there is none in view. */
  anomalyBoxAt(anomaly: StagedAnomaly, timeS: number): Box | undefined {
    const staged = this.#performances.get(anomaly)?.(this.#withinPeriod(timeS)) ?? [];
    const points = staged.flatMap(({ actor, anomalous }) => (anomalous ? extremes(actor) : []));
    return this.#camera.boundingBox(points);
  }

  #withinPeriod(timeS: number): number {
    return timeS % this.#scene.periodS;
  }

  #paint(actors: readonly Actor[]): void {
    const { width, height } = this.#camera.viewport;
    const { light } = this.#scene.site;
    const depth = (actor: Actor): number => {
      const { x, z } = footing(actor);
      return this.#camera.depthOf(vec(x, 0, z));
    };
    const shadowCtx = this.#shadows.getContext('2d');
    shadowCtx.clearRect(0, 0, width, height);
    for (const actor of actors)
      paintShadow({ ctx: shadowCtx, camera: this.#camera }, actor, light.shadowPerMetre);

    this.#ctx.drawImage(this.#backdrop, 0, 0);
    this.#ctx.globalAlpha = light.shadowOpacity;
    this.#ctx.drawImage(this.#shadows, 0, 0);
    this.#ctx.globalAlpha = 1;
    const brush = { ctx: this.#ctx, camera: this.#camera };
    for (const actor of actors.toSorted((a, b) => depth(b) - depth(a))) paintActor(brush, actor);

    this.#ctx.globalCompositeOperation = 'multiply';
    this.#ctx.fillStyle = css(light.tint);
    this.#ctx.fillRect(0, 0, width, height);
    this.#ctx.globalCompositeOperation = 'source-over';
  }
}
