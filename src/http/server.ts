import type { Clock } from '../clock.js';
import type { AppError } from '../errors.js';
import { createApp } from './app.js';
import { dashboardPaths } from './dashboard-files.js';
import { problem } from './error-status.js';
import { Guard, urlHost } from './guard.js';
import { probePaths } from './health.js';
import type { LiveHub } from './live.js';
import type { Services } from './services.js';
import { Tickets } from './tickets.js';
import { HttpServer } from './uws.js';

export interface HttpOptions {
  host: string;
  /** 0 for any free port. */
  port: number;
  /** Bearer tokens; empty opens the API to everyone who reaches the port. */
  tokens: readonly string[];
  services: Services;
  hub: LiveHub;
  clock: Clock;
  /** For the log: what HTTP did not expect. */
  reportBug: (error: AppError) => void;
}

export interface RunningHttp {
  /** The port that listens. */
  port: number;
  /** Where the API answers. */
  url: string;
  /** Says goodbye to live clients and ends every connection. */
  close(): void;
}

/** Puts the API, the dashboard and the WebSocket on one port. Throws `listen.failed`. */
export async function startHttp(options: HttpOptions): Promise<RunningHttp> {
  const { host, tokens, services, hub, clock, reportBug } = options;
  const server = await HttpServer.listen(host, options.port);
  const tickets = new Tickets(clock);
  const guard = new Guard({
    host,
    port: server.port,
    tokens,
    publicPaths: [...dashboardPaths, ...probePaths],
    redeemTicket: (ticket) => tickets.redeem(ticket),
  });
  const app = createApp({ services, guard, tickets, reportBug });
  server.serve({
    fetch: (request) => app.fetch(request),
    live: {
      path: '/ws',
      refuse: (request) => {
        const full = hub.refusal();
        return guard.refuse(request) ?? (full === null ? null : problem(full));
      },
      connect: (socket) => hub.connect(socket),
    },
    reportBug,
  });
  return {
    port: server.port,
    url: `http://${urlHost(host)}:${server.port}`,
    close: () => {
      hub.close();
      server.close();
    },
  };
}
