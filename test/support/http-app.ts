import { setMaxListeners } from 'node:events';
import type { MiddlewareHandler } from 'hono';
import type { Admission } from '../../src/access/access.js';
import { configuredTokens, type AccessToken } from '../../src/access/access-tokens.js';
import { KeyRing } from '../../src/actors/access/key-ring.js';
import { auditEntry, type AuditEntry } from '../../src/access/audit.js';
import type { Clock } from '../../src/clock.js';
import type { AppError } from '../../src/errors.js';
import { createApp } from '../../src/http/app.js';
import { AuditTrail, type AuditKeeper } from '../../src/http/access/audit-trail.js';
import { Guard, type GuardOptions } from '../../src/http/access/guard.js';
import { OwnHosts } from '../../src/http/access/own-hosts.js';
import { RequestCounts } from '../../src/http/access/request-log.js';
import { RequestReporter, type RequestNews } from '../../src/http/access/request-news.js';
import type { Services } from '../../src/http/services.js';
import { Tickets } from '../../src/http/access/tickets.js';
import { SimulatedClock } from './simulated-clock.js';

export interface TestAppOptions {
  /** Of admins, as in the configuration; or whole tokens. None: everybody is the admin `local`. */
  tokens?: readonly (string | AccessToken)[];
  publicPaths?: readonly string[];
  clock?: Clock;
  adapter?: MiddlewareHandler | undefined;
  onRequest?: (news: RequestNews) => void;
}

/** The tokens in force on a machine that nobody else reaches. */
export function keyRing(tokens: readonly (string | AccessToken)[] = [], wallTime = 0): KeyRing {
  const known = tokens.flatMap((token) => (typeof token === 'string' ? configuredTokens([token]) : token));
  return new KeyRing({ staysOnMachine: true, anonymous: null }, known, wallTime);
}

/** Of somebody who may do everything, for ever. */
export const everybody: Admission = {
  caller: { name: 'local', role: 'admin', cameras: null },
  ended: new AbortController().signal,
};
setMaxListeners(0, everybody.ended);

/** A guard of 127.0.0.1:8971 that lets everybody in who asks for it. */
export function guardWith(given: Partial<GuardOptions> = {}): Guard {
  return new Guard({
    hosts: new OwnHosts({ host: '127.0.0.1', port: 8971, allowedHosts: [] }),
    doorkeeper: keyRing(),
    tickets: { redeem: () => null },
    publicPaths: [],
    ratePerS: 100_000,
    clock: new SimulatedClock(),
    ...given,
  });
}

/** An audit log in memory. */
function memoryAudit(): AuditKeeper & { entries: AuditEntry[] } {
  const entries: AuditEntry[] = [];
  return {
    entries,
    record: (act) => entries.unshift(auditEntry(act, 0)),
    read: (limit) => Promise.resolve(entries.slice(0, limit)),
  };
}

/** The whole API without a socket, on http://localhost:8971. */
export function testApp(services: Services, options: TestAppOptions = {}) {
  const {
    tokens = [],
    publicPaths = [],
    clock = new SimulatedClock(),
    onRequest = () => undefined,
    adapter,
  } = options;
  const tickets = new Tickets(clock);
  const doorkeeper = keyRing(tokens);
  const guard = guardWith({ doorkeeper, tickets, publicPaths, clock });
  const audit = memoryAudit();
  const counts = new RequestCounts();
  const reporter = new RequestReporter(onRequest, clock);
  const trail = new AuditTrail(audit, clock);
  const app = createApp({ services, guard, tickets, audit: trail, counts, reporter, clock, adapter });
  return { app, guard, tickets, doorkeeper, counts, audit: audit.entries };
}

/** What a server of 127.0.0.1 that tests ask in plenty is started with, beside services, hub and clock. */
export function openHttp(tokens: TestAppOptions['tokens'] = []) {
  return {
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    // A simulated clock gives nothing back.
    ratePerS: 100_000,
    doorkeeper: keyRing(tokens),
    audit: memoryAudit(),
    onRequest: () => undefined,
    reportBug: (error: AppError) => {
      throw error;
    },
  };
}
