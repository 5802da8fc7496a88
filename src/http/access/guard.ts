import type { MiddlewareHandler } from 'hono';
import type { Admission, Doorkeeper } from '../../access/access.js';
import type { Clock } from '../../clock.js';
import { AppError } from '../../errors.js';
import type { ApiEnv } from '../api-route.js';
import { problem } from '../error-status.js';
import type { OwnHosts } from './own-hosts.js';
import { addressKey, RateLimit } from './rate-limit.js';
import { addressOf } from './request-log.js';
import type { Tickets } from './tickets.js';
import { untilEnded } from './until-ended.js';

export interface GuardOptions {
  hosts: OwnHosts;
  doorkeeper: Doorkeeper;
  /** What a browser shows in place of the header that it cannot set on a WebSocket. */
  tickets: Pick<Tickets, 'redeem'>;
  /** Paths that need no token and are not counted, compared exactly: all others do, however they are spelled. */
  publicPaths: readonly string[];
  /** Requests a second of one token, or of one address without; as many may come at once. */
  ratePerS: number;
  clock: Clock;
}

/** Why a request was turned away at the door: `failures` is too many wrong tokens. */
export type RefusalReason = 'host' | 'origin' | 'token' | 'failures' | 'rate';

/** Somebody who may come in, or the reply to one who may not. */
export type Entry = { admission: Admission } | { refusal: Response };

const LIVE_PATH = '/ws';
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);
const FAILURES_PER_MINUTE = 10;

/** Who asks for what needs no token, where others must show one: nobody in particular, who sees nothing. */
const passerBy: Admission = {
  caller: { name: 'anonymous', role: 'viewer', cameras: [] },
  ended: new AbortController().signal,
};

/**
 * Decides who may ask at all, for requests and WebSocket upgrades alike: the Host must be ours, a browser's Origin must
 * be our own page, a token must be known where one is needed, and nobody may ask too often. Headers in which a proxy
 * says for whom it asks are not believed: anyone can write them.
 */
export class Guard {
  /** How often each reason turned a request away. */
  readonly refused: Record<RefusalReason, number> = { host: 0, origin: 0, token: 0, failures: 0, rate: 0 };
  readonly #options: GuardOptions;
  readonly #publicPaths: ReadonlySet<string>;
  readonly #requests: RateLimit;
  readonly #failures: RateLimit;

  constructor(options: GuardOptions) {
    const { publicPaths, ratePerS, clock } = options;
    this.#options = options;
    this.#publicPaths = new Set(publicPaths);
    this.#requests = new RateLimit({ perS: ratePerS, burst: ratePerS, clock });
    this.#failures = new RateLimit({ perS: FAILURES_PER_MINUTE / 60, burst: FAILURES_PER_MINUTE, clock });
  }

  /** @param address of the client, as the socket has it */
  admit(request: Request, address: string): Entry {
    const url = new URL(request.url);
    const { hosts } = this.#options;
    if (!hosts.serves(url.host)) {
      const advice = 'use the address that is configured as http.host, or add it to http.allowed_hosts';
      return this.#forbid('host', `host ${url.host} is not served here; ${advice}`);
    }
    const origin = request.headers.get('origin');
    const crossSiteMatters = !safeMethods.has(request.method) || url.pathname === LIVE_PATH;
    if (crossSiteMatters && origin !== null && !hosts.owns(origin))
      return this.#forbid('origin', `pages of ${origin} may not do this`);
    return this.#identify(request, url, address);
  }

  #identify(request: Request, url: URL, address: string): Entry {
    const { doorkeeper, tickets } = this.#options;
    const ticket = url.pathname === LIVE_PATH ? url.searchParams.get('ticket') : null;
    const token = /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
    const isPublic = this.#publicPaths.has(url.pathname);
    if (ticket === null && token === undefined) {
      const admission = doorkeeper.admitWithout();
      return isPublic ? { admission: admission ?? passerBy } : this.#count(admission, address);
    }
    const admission = ticket === null ? doorkeeper.admit(token ?? '') : tickets.redeem(ticket);
    if (admission !== null) return isPublic ? { admission } : this.#count(admission, address);
    // The right token passes all the same: somebody else's failures shut nobody out.
    const waitS = this.#failures.take(addressKey(address));
    if (waitS > 0) return this.#tooMany('failures', 'too many wrong tokens came from your address', waitS);
    return isPublic ? { admission: passerBy } : this.#unauthorized();
  }

  /** Lets in whoever does not ask too often. */
  #count(admission: Admission | null, address: string): Entry {
    const key = admission === null || isShared(admission) ? addressKey(address) : `@${admission.caller.name}`;
    const waitS = this.#requests.take(key);
    if (waitS > 0) return this.#tooMany('rate', 'you send more requests than http.rate_limit_per_s', waitS);
    return admission === null ? this.#unauthorized() : { admission };
  }

  #forbid(reason: RefusalReason, message: string): Entry {
    this.refused[reason] += 1;
    return { refusal: problem(new AppError('request.forbidden', message)) };
  }

  #unauthorized(): Entry {
    this.refused.token += 1;
    const advice = 'nunchi tokens create makes one: Authorization: Bearer TOKEN';
    const error = new AppError('request.unauthorized', `a token is needed that is known here; ${advice}`);
    return { refusal: problem(error, { 'www-authenticate': 'Bearer' }) };
  }

  #tooMany(reason: RefusalReason, message: string, waitS: number): Entry {
    this.refused[reason] += 1;
    const error = new AppError('request.rate_limited', `${message}; try again in ${waitS} s`);
    return { refusal: problem(error, { 'retry-after': String(waitS) }) };
  }
}

/** Whether many may come by the same name. */
function isShared({ caller }: Admission): boolean {
  return caller.name === 'local' || caller.name === 'anonymous';
}

/** Runs the guard before every route. A stream of events ends with the access of whoever reads it. */
export function guarded(guard: Guard): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    const entry = guard.admit(context.req.raw, addressOf(context) ?? '');
    if ('refusal' in entry) return entry.refusal;
    const { admission } = entry;
    context.set('admission', admission);
    context.set('caller', admission.caller);
    await next();
    const isStream = context.res.headers.get('content-type')?.startsWith('text/event-stream') === true;
    if (isStream) context.res = untilEnded(context.res, admission.ended);
    return;
  };
}
