/** Serves the API, what it tells of made up; says on which port, and its CPU time when asked. Ends with its parent. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Http2Bindings, HttpBindings } from '@hono/node-server';
import type { MiddlewareHandler } from 'hono';
import { ownCpuMs } from '../../src/cpu-time.js';
import { systemClock } from '../../src/clock.js';
import { HttpServer } from '../../src/http/uws/uws.js';
import { wholeJson } from '../../src/http/whole-reply.js';
import { anomalyEvent } from '../../test/support/anomaly-event.js';
import { testApp } from '../../test/support/http-app.js';
import { cameraView, FakeServices } from '../../test/support/http-fakes.js';
import type { ApiAdapter } from './api-server.js';

const CAMERAS = 16;
const EVENTS = 20;

const services = new FakeServices();
services.views = Array.from({ length: CAMERAS }, (_, i) => cameraView(`camera${i}`));
const events = Array.from({ length: EVENTS }, () => anomalyEvent());
services.events.query = () => Promise.resolve({ events, nextCursor: 'next' });
const serve: Record<ApiAdapter, () => Promise<number>> = {
  async uws() {
    const { app } = apiWith(wholeJson);
    const server = await HttpServer.listen('127.0.0.1', 0);
    server.serve({
      fetch: (request, address) => app.fetch(request, { address }),
      live: { path: '/ws', admit: () => new Response(null, { status: 404 }) },
      turnedAway: () => undefined,
      reportBug(error) {
        throw error;
      },
    });
    return server.port;
  },
  async node() {
    // Only here: it puts its own Request and Response in place of everybody's as soon as it is loaded.
    const { createAdaptorServer } = await import('@hono/node-server');
    const { app } = apiWith(undefined);
    const server = createAdaptorServer({
      fetch: (request: Request, { incoming }: HttpBindings | Http2Bindings) =>
        app.fetch(request, { address: incoming.socket.remoteAddress ?? '' }),
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  },
};

/** All of the API and its guard. */
function apiWith(adapter: MiddlewareHandler | undefined) {
  return testApp(services, { clock: systemClock, adapter });
}

process.on('message', () => process.send?.(ownCpuMs()));
process.on('disconnect', () => process.exit());
process.send?.(await serve[process.argv[2] as ApiAdapter]());
