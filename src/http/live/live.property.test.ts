import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cameraView, FakeServices, FakeSocket, liveFrame } from '../../../test/support/http-fakes.js';
import { everybody } from '../../../test/support/http-app.js';
import { SimulatedClock } from '../../../test/support/simulated-clock.js';
import { LiveHub } from './live.js';
import type { LiveConnection } from './live-socket.js';

const cameras = ['a', 'b', 'c'] as const;
const defaults = { fps: 5, width: 640, quality: 75 };

const client = fc.nat({ max: 3 });
const camera = fc.constantFrom(...cameras);
const step = fc.oneof(
  fc.record({ do: fc.constant('join' as const) }),
  fc.record({ do: fc.constant('leave' as const), client }),
  fc.record({
    do: fc.constant('subscribe' as const),
    client,
    camera,
    fps: fc.constantFrom(1, 5, 10),
    width: fc.constantFrom(320, 640),
  }),
  fc.record({ do: fc.constant('unsubscribe' as const), client, camera }),
  fc.record({ do: fc.constant('frame' as const), camera }),
  fc.record({ do: fc.constant('stall' as const), client, buffered: fc.constantFrom(0, 300 * 1024) }),
);

interface Model {
  socket: FakeSocket;
  connection: LiveConnection;
  wishes: Map<string, { fps: number; width: number }>;
}

/** What the watchers of a camera want together. */
function union(
  clients: readonly Model[],
  id: string,
): { fps: number; width: number; quality: number } | null {
  const wishes = clients.flatMap(({ wishes }) => wishes.get(id) ?? []);
  if (wishes.length === 0) return null;
  return {
    fps: Math.max(...wishes.map(({ fps }) => fps)),
    width: Math.max(...wishes.map(({ width }) => width)),
    quality: defaults.quality,
  };
}

it('sends no camera to a client that did not subscribe to it, and asks cameras for exactly what is watched', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const services = new FakeServices();
      services.views = cameras.map((id) => cameraView(id));
      const hub = new LiveHub({ cameras: services.cameras, clock: new SimulatedClock(), defaults });
      const clients: Model[] = [];
      for (const action of steps) {
        if (action.do === 'join') {
          const socket = new FakeSocket();
          clients.push({ socket, connection: hub.connect(socket, everybody), wishes: new Map() });
        } else if (action.do === 'frame') {
          const before = clients.map(({ socket }) => socket.frames.length);
          hub.frame(action.camera, liveFrame(), { sequence: 0, wallTime: 0 }, NaN);
          clients.forEach(({ socket, wishes }, index) => {
            const got = socket.frames.slice(before[index]);
            if (!wishes.has(action.camera) || socket.buffered > 0) expect(got).toEqual([]);
            for (const frame of got) {
              expect(cameras[new DataView(frame).getUint32(4, true)]).toBe(action.camera);
            }
          });
        } else {
          const actor = clients[action.client];
          if (actor === undefined) continue;
          if (action.do === 'leave') {
            actor.connection.closed();
            clients.splice(action.client, 1);
          } else if (action.do === 'stall') {
            actor.socket.buffered = action.buffered;
          } else {
            const { camera, ...wish } = action;
            const { do: type, client: _client, ...terms } = wish;
            actor.connection.receive(JSON.stringify({ type, camera_ids: [camera], ...terms }));
            if (action.do === 'subscribe') actor.wishes.set(camera, { fps: action.fps, width: action.width });
            else actor.wishes.delete(camera);
          }
        }
        for (const id of cameras) {
          expect(services.live.get(id) ?? null).toEqual(union(clients, id));
          expect(hub.watchers(id)).toBe(clients.filter(({ wishes }) => wishes.has(id)).length);
        }
      }
    }),
    { numRuns: 300 },
  );
});
