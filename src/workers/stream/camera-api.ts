import { AppError } from '../../errors.js';
import type { CameraApi, LiveRequest, StreamSource } from '../../protocol/camera.js';
import type { StreamSession } from './stream-session.js';

/**
 * The control calls of a camera's thread. What was asked for outlives a session: a camera that comes back shows itself
 * to those who still watch.
 */
export function createCameraApi(
  newSession: (source: StreamSource, vadFps: number) => Promise<StreamSession>,
  initialVadFps: number,
  onStop: () => void,
): CameraApi {
  let session: StreamSession | null = null;
  let live: LiveRequest | null = null;
  let vadFps = initialVadFps;
  let lastTurn: Promise<unknown> = Promise.resolve();

  /** One after the other, so that a session is closed before the next opens, whoever calls what in between. */
  function inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = lastTurn.then(run);
    lastTurn = turn.catch(() => undefined);
    return turn;
  }

  async function closeSession(): Promise<void> {
    await session?.close();
    session = null;
  }

  function streaming(): StreamSession {
    if (session?.running === true) return session;
    throw new AppError(
      'camera.not_streaming',
      'the camera has no open stream; try again once it is connected',
    );
  }

  return {
    open: (source) =>
      inTurn(async () => {
        await closeSession();
        session = await newSession(source, vadFps);
        session.setLive(live);
        return session.open();
      }),
    setLive(request) {
      live = request;
      session?.setLive(request);
      return Promise.resolve();
    },
    setVadFps(fps) {
      vadFps = fps;
      session?.setVadFps(fps);
      return Promise.resolve();
    },
    async snapshot(ptsUs, maxWidth, marked) {
      return Promise.resolve(streaming().snapshot(ptsUs, maxWidth, marked));
    },
    async clip(ptsUs, wish, box) {
      return Promise.resolve(streaming().clip(ptsUs, wish, box));
    },
    async recordClip(request) {
      return streaming().recordClip(request);
    },
    endClip(id, lastUs, postS) {
      session?.endClip(id, lastUs, postS);
      return Promise.resolve();
    },
    close: () => {
      session?.interrupt();
      return inTurn(closeSession);
    },
    stop: () => {
      session?.interrupt();
      return inTurn(async () => {
        await closeSession();
        onStop();
      });
    },
  };
}
