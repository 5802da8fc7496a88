/** Live frames to WebSocket clients: the live hub over uWebSockets.js against the same hub over `ws`. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer, type WebSocket } from 'ws';
import { systemClock } from '../../src/clock.js';
import { ownCpuMs } from '../../src/cpu-time.js';
import { LIVE_HEADER } from '../../src/frame.js';
import { LiveHub } from '../../src/http/live/live.js';
import type { LiveSocket } from '../../src/http/live/live-socket.js';
import { startHttp } from '../../src/http/server.js';
import { everybody, openHttp } from '../../test/support/http-app.js';
import { cameraView, FakeServices } from '../../test/support/http-fakes.js';
import { startClients, type ClientProcess } from './client-process.js';
import { interleaved, needsNothing, type Benchmark } from './measure.js';
import { wanted } from './targets.js';

const CLIENTS = 16;
const CAMERAS = ['gate', 'yard', 'lobby', 'dock'];
const FPS = 10;
/** Header and JPEG of a live picture 640 pixels wide. */
const FRAME_BYTES = LIVE_HEADER.bytes + 30_000;
/** Of each camera. */
const FRAMES = 75;
/** Between two rounds of frames, so that clients keep up. */
const PAUSE_MS = 24;

/** A way to serve live frames. */
type Serve = (hub: LiveHub) => Promise<{ url: string; close(): void }>;

export const fanout: Benchmark = {
  name: 'fanout',
  missing: needsNothing,
  async measure({ rounds, size }) {
    const clients = startClients();
    const frames = Math.round(FRAMES * size);
    const { ours, baseline } = await interleaved(rounds, {
      ours: () => perDelivery(clients, frames, serveByUws),
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

async function perDelivery(clients: ClientProcess, frames: number, serve: Serve): Promise<number> {
  const hub = openHub();
  const server = await serve(hub);
  const subscribe = JSON.stringify({ type: 'subscribe', camera_ids: CAMERAS, fps: FPS });
  await clients.run({ type: 'watch', url: server.url, clients: CLIENTS, subscribe });
  const frame = new ArrayBuffer(FRAME_BYTES);
  const startedMs = ownCpuMs();
  for (let sequence = 0; sequence < frames; sequence += 1) {
    for (const camera of CAMERAS) hub.frame(camera, frame, { sequence, wallTime: 0 }, 0.5);
    await sleep(PAUSE_MS);
  }
  const cpuMs = ownCpuMs() - startedMs;
  const delivered = await clients.run({ type: 'received' });
  await clients.run({ type: 'leave' });
  server.close();
  const due = frames * CAMERAS.length * CLIENTS;
  if (delivered < due * 0.95) throw new Error(`${delivered} of ${due} frames were delivered`);
  return (cpuMs / delivered) * 1_000;
}

/** The same for both: subscriptions, pace and limits of each client. The cameras are not there. */
function openHub(): LiveHub {
  const services = new FakeServices();
  services.views = CAMERAS.map((camera) => cameraView(camera));
  return new LiveHub({
    cameras: services.cameras,
    clock: systemClock,
    defaults: { fps: FPS, width: 640, quality: 75 },
  });
}

const serveByUws: Serve = async (hub) => {
  const http = await startHttp({ ...openHttp(), services: new FakeServices(), hub, clock: systemClock });
  return {
    url: `${http.url.replace('http', 'ws')}/ws`,
    close: () => {
      http.close();
    },
  };
};

const serveByWs: Serve = async (hub) => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  await once(server, 'listening');
  server.on('connection', (client) => {
    const connection = hub.connect(socketOf(client), everybody);
    client.on('message', (data: Buffer, isBinary) => {
      connection.receive(isBinary ? new Uint8Array(data).buffer : data.toString());
    });
    client.on('close', () => {
      connection.closed();
    });
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}`,
    close() {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
};

function socketOf(client: WebSocket): LiveSocket {
  return {
    send(data, binary) {
      client.send(data, { binary });
    },
    bufferedBytes: () => client.bufferedAmount,
    close(code, reason) {
      client.close(code, reason);
    },
  };
}
