/** The API through uWebSockets.js against the same application through Hono's own adapter for Node.js. */
import { startApiServer, type ApiServer } from './api-server.js';
import { startClients, type ClientProcess } from './client-process.js';
import { interleaved, needsNothing, type Benchmark } from './measure.js';
import { wanted } from './targets.js';

const REQUESTS = 6_000;
const CONNECTIONS = 16;
/** What the guard of the application takes for its own address. */
const host = 'localhost:8971';
const paths: string[] = ['/api/cameras', '/api/cameras/camera3', '/api/events?limit=20'];

export const api: Benchmark = {
  name: 'api',
  missing: needsNothing,
  async measure({ rounds, size }) {
    const clients = startClients();
    const uws = await startApiServer('uws');
    const node = await startApiServer('node');
    const requests = Math.round(REQUESTS * size);
    const { ours, baseline } = await interleaved(rounds, {
      ours: () => perCpuSecond(clients, uws, requests),
      baseline: () => perCpuSecond(clients, node, requests),
    });
    await Promise.all([clients.close(), uws.close(), node.close()]);
    return [
      {
        ...wanted.api,
        unit: 'requests a CPU second',
        ours,
        baseline,
      },
    ];
  },
};

async function perCpuSecond(clients: ClientProcess, server: ApiServer, requests: number): Promise<number> {
  const startedMs = await server.cpuMs();
  const { url } = server;
  const task = { type: 'ask', url, host, paths, requests, connections: CONNECTIONS } as const;
  const answered = await clients.run(task);
  const cpuMs = (await server.cpuMs()) - startedMs;
  if (answered !== requests) throw new Error(`${answered} of ${requests} requests were answered`);
  return (requests / cpuMs) * 1_000;
}
