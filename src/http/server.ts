import type { Doorkeeper } from '../access/access.js';
import type { Clock } from '../clock.js';
import type { AppError } from '../errors.js';
import { createApp } from './app.js';
import { AuditTrail, isRefusal, type AuditKeeper } from './access/audit-trail.js';
import { dashboardPaths } from './dashboard-files.js';
import { docsPaths } from './docs.js';
import { problem } from './error-status.js';
import { Guard, type RefusalReason } from './access/guard.js';
import { probePaths } from './health.js';
import type { LiveHub } from './live/live.js';
import type { LiveEndpoint } from './live/live-socket.js';
import { openApiPath } from './openapi.js';
import { OwnHosts, urlHost } from './access/own-hosts.js';
import {
  knownMethod,
  NO_ROUTE,
  requestIdOf,
  RequestCounts,
  type RequestCount,
} from './access/request-log.js';
import { RequestReporter, type RequestNews } from './access/request-news.js';
import type { Services } from './services.js';
import { Tickets } from './access/tickets.js';
import { HttpServer } from './uws/uws.js';
import { wholeJson } from './whole-reply.js';

export interface HttpOptions {
  host: string;
  /** 0 for any free port. */
  port: number;
  /** NAME or NAME:PORT by which a reverse proxy is reached. */
  allowedHosts: readonly string[];
  /** Requests a second of one token, or of one address without. */
  ratePerS: number;
  doorkeeper: Doorkeeper;
  audit: AuditKeeper;
  services: Services;
  hub: LiveHub;
  clock: Clock;
  /** For the log: a request that failed, a change that was refused, what took long. */
  onRequest: (news: RequestNews) => void;
  /** For the log: a reply that broke off. */
  reportBug: (error: AppError, requestId: string | null) => void;
}

/** What was asked since the start. */
interface HttpCounters {
  requests: RequestCount[];
  refused: Readonly<Record<RefusalReason, number>>;
}

export interface RunningHttp {
  /** The port that listens. */
  port: number;
  /** Where the API answers. */
  url: string;
  counters(): HttpCounters;
  /** Says goodbye to live clients and ends every connection. */
  close(): void;
}

const LIVE_PATH = '/ws';
const SWITCHING_PROTOCOLS = 101;
const publicPaths = [...dashboardPaths, ...docsPaths, openApiPath, ...probePaths];

/** Puts the API, the dashboard and the WebSocket on one port. Throws `listen.failed`. */
export async function startHttp(options: HttpOptions): Promise<RunningHttp> {
  const { host, allowedHosts, ratePerS, doorkeeper, services, hub, clock } = options;
  const server = await HttpServer.listen(host, options.port);
  const tickets = new Tickets(clock);
  const audit = new AuditTrail(options.audit, clock);
  const counts = new RequestCounts();
  const reporter = new RequestReporter(options.onRequest, clock);
  const hosts = new OwnHosts({ host, port: server.port, allowedHosts });
  const guard = new Guard({ hosts, doorkeeper, tickets, publicPaths, ratePerS, clock });
  const app = createApp({ services, guard, tickets, audit, counts, reporter, clock, adapter: wholeJson });
  server.serve({
    fetch: (request, address) => app.fetch(request, { address }),
    live: { path: LIVE_PATH, admit: liveDoor({ guard, hub, audit, counts, reporter }) },
    turnedAway(method, reply) {
      const given = { request_id: requestIdOf(reply), method: knownMethod(method), route: NO_ROUTE };
      counts.count(given.method, given.route, reply.status);
      reporter.answered({ ...given, status: reply.status, ms: 0 });
    },
    reportBug: options.reportBug,
  });
  return {
    port: server.port,
    url: `http://${urlHost(host)}:${server.port}`,
    counters: () => ({ requests: counts.all(), refused: { ...guard.refused } }),
    close: () => {
      hub.close();
      server.close();
    },
  };
}

interface LiveDoor {
  guard: Guard;
  hub: LiveHub;
  audit: AuditTrail;
  counts: RequestCounts;
  reporter: RequestReporter;
}

/** Lets clients of the WebSocket in as the API does, and leaves the same traces of those who are not. */
function liveDoor({ guard, hub, audit, counts, reporter }: LiveDoor): LiveEndpoint['admit'] {
  return (request, address) => {
    const turnAway = (reply: Response): Response => {
      const id = requestIdOf(request);
      reply.headers.set('x-request-id', id);
      counts.count('GET', LIVE_PATH, reply.status);
      reporter.answered({ request_id: id, method: 'GET', route: LIVE_PATH, status: reply.status, ms: 0 });
      const act = { caller: null, address, action: `GET ${LIVE_PATH}`, target: null, request_id: id };
      if (isRefusal(reply)) audit.refused({ ...act, status: reply.status });
      return reply;
    };
    const entry = guard.admit(request, address);
    if ('refusal' in entry) return turnAway(entry.refusal);
    const full = hub.refusal();
    if (full !== null) return turnAway(problem(full));
    counts.count('GET', LIVE_PATH, SWITCHING_PROTOCOLS);
    return (socket) => hub.connect(socket, entry.admission);
  };
}
