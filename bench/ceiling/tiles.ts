/** Clients that watch cameras live, in this process: what they cost is not the product's. */
import { once } from 'node:events';
import WebSocket from 'ws';

const MS_PER_S = 1_000;
const LIVE_FPS = 5;

export interface Tiles {
  /** Counts anew. */
  reset(): void;
  /** Frames a second since the reset, of the one that got least; null without tiles. */
  fpsMin(): number | null;
  close(): void;
}

/** One client each of the first cameras. */
export async function watchTiles(url: string, tiles: number): Promise<Tiles> {
  const frames = Array.from({ length: tiles }, () => 0);
  let fromMs = performance.now();
  const sockets = await Promise.all(
    frames.map(async (_, i) => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`);
      await once(socket, 'open');
      socket.on('message', (_data, isBinary) => {
        if (isBinary) frames[i] = (frames[i] ?? 0) + 1;
      });
      // A product that is killed in mid-measurement cuts its clients off.
      socket.on('error', () => undefined);
      socket.send(JSON.stringify({ type: 'subscribe', camera_ids: [`cam${i}`], fps: LIVE_FPS }));
      return socket;
    }),
  );
  return {
    reset() {
      frames.fill(0);
      fromMs = performance.now();
    },
    fpsMin: () => (tiles === 0 ? null : Math.min(...frames) / ((performance.now() - fromMs) / MS_PER_S)),
    close() {
      for (const socket of sockets) socket.terminate();
    },
  };
}
