import type { LiveRequest } from '../../protocol/camera.js';
import type { CameraDirectory } from '../services.js';

/** Tells each camera what to encode for live view: the most that any of its watchers asked for, or nothing. */
export class LiveDemand {
  readonly #cameras: Pick<CameraDirectory, 'setLive'>;
  readonly #quality: number;
  /** What each watched camera was last asked for. */
  readonly #requests = new Map<string, LiveRequest>();
  #fpsMax = Infinity;

  /** `quality` is the JPEG quality for all. */
  constructor(cameras: Pick<CameraDirectory, 'setLive'>, quality: number) {
    this.#cameras = cameras;
    this.#quality = quality;
  }

  /** What a camera encodes at the moment; undefined when nobody watches it. */
  of(cameraId: string): LiveRequest | undefined {
    return this.#requests.get(cameraId);
  }

  /** Asks for at most so many frames a second; counts from the next update of each camera. */
  limit(fpsMax: number): void {
    this.#fpsMax = fpsMax;
  }

  /** Takes note of the wishes of all of a camera's watchers, and tells the camera if that changes anything. */
  update(cameraId: string, wishes: readonly Pick<LiveRequest, 'fps' | 'width'>[]): void {
    const current = this.#requests.get(cameraId);
    if (wishes.length === 0) {
      if (current === undefined) return;
      this.#requests.delete(cameraId);
      this.#cameras.setLive(cameraId, null);
      return;
    }
    const fps = Math.min(this.#fpsMax, Math.max(...wishes.map((wish) => wish.fps)));
    const width = Math.max(...wishes.map((wish) => wish.width));
    if (current?.fps === fps && current.width === width) return;
    const request = { fps, width, quality: this.#quality };
    this.#requests.set(cameraId, request);
    this.#cameras.setLive(cameraId, request);
  }
}
