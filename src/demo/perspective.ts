/** World point in metres: x along the walkway, y up, z across it (away from a camera that faces it). */
export interface Vec3 {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** A point of the ground plane y = 0, in metres. */
export interface GroundPoint {
  readonly x: number;
  readonly z: number;
}

/** Where a pinhole camera stands and looks; the angle is that of the full image width. */
export interface CameraPose {
  readonly position: Vec3;
  readonly target: Vec3;
  readonly horizontalFovDeg: number;
}

/** Image size in pixels. */
export interface Viewport {
  readonly width: number;
  readonly height: number;
}

/** Projected point: x, y in pixels from the top left; `scale` is pixels per metre at that depth. */
export interface ScreenPoint {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** [x, y, width, height] in pixels. */
export type Box = readonly [x: number, y: number, width: number, height: number];

/** Nothing nearer than this is drawn: a pinhole has no image of points beside or behind itself. */
const NEAR_M = 0.4;

export const vec = (x: number, y: number, z: number): Vec3 => ({ x, y, z });
const minus = (a: Vec3, b: Vec3): Vec3 => vec(a.x - b.x, a.y - b.y, a.z - b.z);
const dot = (a: Vec3, b: Vec3): number => a.x * b.x + a.y * b.y + a.z * b.z;
const cross = (a: Vec3, b: Vec3): Vec3 =>
  vec(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x);

function unit(a: Vec3): Vec3 {
  const length = Math.hypot(a.x, a.y, a.z);
  return vec(a.x / length, a.y / length, a.z / length);
}

/** Pinhole projection without lens distortion. */
export class PerspectiveCamera {
  readonly viewport: Viewport;
  readonly #position: Vec3;
  readonly #forward: Vec3;
  readonly #right: Vec3;
  readonly #up: Vec3;
  readonly #focalPx: number;

  constructor(pose: CameraPose, viewport: Viewport) {
    this.viewport = viewport;
    this.#position = pose.position;
    this.#forward = unit(minus(pose.target, pose.position));
    this.#right = unit(cross(vec(0, 1, 0), this.#forward));
    this.#up = cross(this.#forward, this.#right);
    this.#focalPx = viewport.width / 2 / Math.tan((pose.horizontalFovDeg * Math.PI) / 360);
  }

  /** Distance in metres along the line of sight; negative behind the camera. */
  depthOf(point: Vec3): number {
    return dot(minus(point, this.#position), this.#forward);
  }

  /** Whether a surface at `point` with outward direction `normal` shows its front. */
  faces(point: Vec3, normal: Vec3): boolean {
    return dot(minus(this.#position, point), normal) > 0;
  }

  /** Undefined where the point lies beside or behind the camera. */
  project(point: Vec3): ScreenPoint | undefined {
    return this.depthOf(point) < NEAR_M ? undefined : this.#image(point);
  }

  /** Outline of a convex polygon after clipping it at the near plane; empty when nothing is left. */
  projectPolygon(points: readonly Vec3[]): ScreenPoint[] {
    const clipped: Vec3[] = [];
    points.forEach((point, index) => {
      const next = points[(index + 1) % points.length] ?? point;
      const here = this.depthOf(point) - NEAR_M;
      const there = this.depthOf(next) - NEAR_M;
      if (here >= 0) clipped.push(point);
      if (here * there < 0) {
        const share = here / (here - there);
        const offset = minus(next, point);
        clipped.push(vec(point.x + offset.x * share, point.y + offset.y * share, point.z + offset.z * share));
      }
    });
    return clipped.map((point) => this.#image(point));
  }

  /** Bounding box of the points, clipped to the image; undefined when they are all out of view. */
  boundingBox(points: readonly Vec3[]): Box | undefined {
    const seen = points.map((point) => this.project(point)).filter((point) => point !== undefined);
    if (seen.length === 0) return undefined;
    const clipX = (x: number): number => Math.round(Math.min(this.viewport.width, Math.max(0, x)));
    const clipY = (y: number): number => Math.round(Math.min(this.viewport.height, Math.max(0, y)));
    const left = clipX(Math.min(...seen.map(({ x }) => x)));
    const top = clipY(Math.min(...seen.map(({ y }) => y)));
    const width = clipX(Math.max(...seen.map(({ x }) => x))) - left;
    const height = clipY(Math.max(...seen.map(({ y }) => y))) - top;
    return width > 0 && height > 0 ? [left, top, width, height] : undefined;
  }

  /** Projection of a point that is known to lie beyond the near plane, give or take rounding. */
  #image(point: Vec3): ScreenPoint {
    const offset = minus(point, this.#position);
    const scale = this.#focalPx / dot(offset, this.#forward);
    return {
      x: this.viewport.width / 2 + dot(offset, this.#right) * scale,
      y: this.viewport.height / 2 - dot(offset, this.#up) * scale,
      scale,
    };
  }
}
