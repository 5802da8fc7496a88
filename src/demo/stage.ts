import { vec, type PerspectiveCamera } from './perspective.js';
import type { Site } from './scene.js';
import { travelDirection } from './walkers.js';

/** The stretch of a lane that the camera sees, in metres along x. */
export interface Stage {
  readonly laneZ: number;
  readonly from: number;
  readonly to: number;
  /** Where the camera sees the lane largest: the place for what should not be missed. */
  readonly nearX: number;
  /** Direction of ordinary travel in this lane. */
  readonly direction: 1 | -1;
}

const STEP_M = 0.25;
const PERSON_M = 1.75;
/** Parts of the image, as shares of its size, where a person must stand to be seen whole and well. */
const HEAD_BELOW = 0.054;
const FEET_ABOVE = 0.928;
const SIDE_MARGIN = 0.18;

/** Finds the visible stretch of the lane at `laneZ`, walking it in steps of a quarter of a metre. */
export function stageOf(site: Site, camera: PerspectiveCamera, laneZ: number): Stage {
  const { width, height } = camera.viewport;
  const { halfLengthM } = site.walkway;
  let from = Infinity;
  let to = -Infinity;
  let nearX = 0;
  let nearScale = 0;
  for (let x = -halfLengthM; x <= halfLengthM; x += STEP_M) {
    const feet = camera.project(vec(x, 0, laneZ));
    const head = camera.project(vec(x, PERSON_M, laneZ));
    if (feet === undefined || head === undefined) continue;
    if (head.x < 0 || head.x > width || feet.y < 0 || head.y > height) continue;
    from = Math.min(from, x);
    to = Math.max(to, x);
    const whole = head.y > HEAD_BELOW * height && feet.y < FEET_ABOVE * height;
    const centred = feet.x > SIDE_MARGIN * width && feet.x < (1 - SIDE_MARGIN) * width;
    // A slight preference for the middle settles the tie in views that face the walkway.
    const scale = feet.scale * (1 - 0.3 * Math.abs(feet.x / width - 0.5));
    if (whole && centred && scale > nearScale) {
      nearScale = scale;
      nearX = x;
    }
  }
  if (from > to) throw new Error(`lane z = ${laneZ} m is out of view`);
  return { laneZ, from, to, nearX, direction: travelDirection(site, laneZ) };
}
