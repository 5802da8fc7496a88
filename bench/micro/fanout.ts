/** Live frames to WebSocket clients: the live hub over uWebSockets.js against `ws`. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { systemClock } from '../../src/clock.js';
import { LIVE_HEADER, writeLiveHeader } from '../../src/frame.js';
import { LiveHub } from '../../src/http/live/live.js';
import { startHttp } from '../../src/http/server.js';
import { openHttp } from '../../test/support/http-app.js';
import { FakeServices } from '../../test/support/http-fakes.js';
import { startClients, type ClientProcess } from './client-process.js';
import { interleaved, needsNothing, ownCpuMs, type Benchmark } from './measure.js';
import { wanted } from './targets.js';

const CLIENTS = 16;
const FPS = 10;
/** Header and JPEG of a live picture 640 pixels wide. */
const FRAME_BYTES = LIVE_HEADER.bytes + 30_000;
const FRAMES = 300;
/** Between two frames, so that clients keep up. */
const PAUSE_MS = 6;
const BACKLOG_BYTES = 256 * 1024;
const CAMERA = 'gate';

/** A server of live frames whose clients are connected. */
interface Served {
  send(frame: ArrayBuffer, sequence: number): void;
  close(): void;
}

export const fanout: Benchmark = {
  name: 'fanout',
  missing: needsNothing,
  async measure({ rounds, size }) {
    const clients = startClients();
    const frames = Math.round(FRAMES * size);
    const { ours, baseline } = await interleaved(rounds, {
      ours: () => perDelivery(clients, frames, serveByHub),
      baseline: () => perDelivery(clients, frames, serveByWs),
    });
    await clients.close();
    return [
      {
        ...wanted.fanout,
        unit: 'CPU µs a delivered frame',
        ours,
        baseline,
      },
    ];
  },
};

async function perDelivery(
  clients: ClientProcess,
  frames: number,
  serve: (clients: ClientProcess) => Promise<Served>,
): Promise<number> {
  const server = await serve(clients);
  const frame = new ArrayBuffer(FRAME_BYTES);
  const startedMs = ownCpuMs();
  for (let sequence = 0; sequence < frames; sequence += 1) {
    server.send(frame, sequence);
    await sleep(PAUSE_MS);
  }
  const cpuMs = ownCpuMs() - startedMs;
  const delivered = await clients.run({ type: 'received' });
  await clients.run({ type: 'leave' });
  server.close();
  if (delivered < frames * CLIENTS * 0.95)
    throw new Error(`${delivered} of ${frames * CLIENTS} frames were delivered`);
  return (cpuMs / delivered) * 1_000;
}

/** The product's server, hub and subscriptions; the cameras are not there. */
async function serveByHub(clients: ClientProcess): Promise<Served> {
  const services = new FakeServices();
  const hub = new LiveHub({
    cameras: services.cameras,
    clock: systemClock,
    defaults: { fps: FPS, width: 640, quality: 75 },
  });
  const http = await startHttp({ ...openHttp(), services, hub, clock: systemClock });
  const subscribe = JSON.stringify({ type: 'subscribe', camera_ids: [CAMERA], fps: FPS });
  const url = `${http.url.replace('http', 'ws')}/ws`;
  await clients.run({ type: 'watch', url, clients: CLIENTS, subscribe });
  return {
    send(frame, sequence) {
      hub.frame(CAMERA, frame, { sequence, wallTime: 0 }, 0.5);
    },
    close: () => {
      http.close();
    },
  };
}

/** The least that does the same: the header, and each frame to each client that keeps up. */
async function serveByWs(clients: ClientProcess): Promise<Served> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await clients.run({ type: 'watch', url: `ws://127.0.0.1:${port}`, clients: CLIENTS, subscribe: null });
  return {
    send(frame, sequence) {
      writeLiveHeader(frame, { cameraIndex: 0, sequence, anomalyScore: 0.5, wallTime: 0 });
      for (const client of server.clients)
        if (client.bufferedAmount < BACKLOG_BYTES) client.send(frame, { binary: true });
    },
    close() {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}
