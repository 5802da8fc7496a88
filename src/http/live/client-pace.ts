/**
 * Thins the frames of one camera to one client's own rate, by counting: of a camera that is encoded at 10 frames a
 * second, every other one goes to a client that asked for 5. The camera keeps its rate by stream time, so that frames
 * which arrive in bursts thin as evenly as others, and a client that asks for the camera's very rate gets every frame.
 */
export class ClientPace {
  readonly #fps: number;
  /** Frames owed to the client; from 1 on, the next is taken. Begins with one, so that a picture shows at once. */
  #owed = 1;

  /** `fps` above 0. */
  constructor(fps: number) {
    this.#fps = fps;
  }

  /** Whether the next frame of a camera that is encoded at `sourceFps` is taken. */
  take(sourceFps: number): boolean {
    const taken = this.#owed >= 1;
    if (taken) this.#owed -= 1;
    this.#owed += Math.min(1, this.#fps / sourceFps);
    return taken;
  }
}
