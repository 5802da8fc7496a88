import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { MiddlewareHandler } from 'hono';
import type { Caller } from '../access.js';
import { AppError } from '../errors.js';
import type { ApiEnv } from './api-route.js';
import { problem } from './error-status.js';

export interface GuardOptions {
  /** The configured host, and the port that really listens. */
  host: string;
  port: number;
  /** Bearer tokens; empty opens the API to everyone who reaches the port. */
  tokens: readonly string[];
  /** Paths that need no token, compared exactly: all others do, however they are spelled. */
  publicPaths: readonly string[];
  /** Spends the ticket that a browser shows in place of the header it cannot set on a WebSocket. */
  redeemTicket: (ticket: string) => boolean;
}

const HTTP_PORT = 80;
const LIVE_PATH = '/ws';
const loopbackHosts = ['localhost', '127.0.0.1', '[::1]'];
const anyAddress = new Set(['0.0.0.0', '::']);
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Decides who may ask at all, for requests and WebSocket upgrades alike: the Host must be ours (a name that was
 * rebound to this address is not), a browser's Origin must be our own page, and a token must be known if there are any.
 */
export class Guard {
  readonly #port: number;
  readonly #authorities: ReadonlySet<string>;
  readonly #anyAddress: boolean;
  readonly #tokenHashes: readonly Buffer[];
  readonly #publicPaths: ReadonlySet<string>;
  readonly #redeemTicket: (ticket: string) => boolean;

  constructor({ host, port, tokens, publicPaths, redeemTicket }: GuardOptions) {
    const names = new Set([...loopbackHosts, urlHost(host)]);
    this.#port = port;
    this.#authorities = new Set([...names].map((name) => withPort(name, port)));
    this.#anyAddress = anyAddress.has(host);
    this.#tokenHashes = tokens.map(sha256);
    this.#publicPaths = new Set(publicPaths);
    this.#redeemTicket = redeemTicket;
  }

  /** The reply that turns the request away, or null when it may pass. */
  refuse(request: Request): Response | null {
    const url = new URL(request.url);
    if (!this.#isOurs(url.host)) {
      return forbidden(
        `host ${url.host} is not served here; use the address that is configured as http.host`,
      );
    }
    const origin = request.headers.get('origin');
    const crossSiteMatters = !safeMethods.has(request.method) || url.pathname === LIVE_PATH;
    if (crossSiteMatters && origin !== null && !this.#isOurOrigin(origin)) {
      return forbidden(`pages of ${origin} may not do this`);
    }
    return this.#hasAccess(request, url) ? null : unauthorized();
  }

  #isOurs(authority: string): boolean {
    if (this.#authorities.has(authority)) return true;
    // Bound to every address, we are asked for by addresses nobody configured. Only a name can be rebound: a
    // literal address is safe.
    if (!this.#anyAddress) return false;
    const { hostname } = new URL(`http://${authority}`);
    return isIP(hostname.replace(/^\[|\]$/g, '')) !== 0 && authority === withPort(hostname, this.#port);
  }

  #isOurOrigin(origin: string): boolean {
    const scheme = 'http://';
    return origin.startsWith(scheme) && URL.canParse(origin) && this.#isOurs(origin.slice(scheme.length));
  }

  #hasAccess(request: Request, url: URL): boolean {
    if (this.#tokenHashes.length === 0 || this.#publicPaths.has(url.pathname)) return true;
    const ticket = url.pathname === LIVE_PATH ? url.searchParams.get('ticket') : null;
    if (ticket !== null) return this.#redeemTicket(ticket);
    const token = /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
    return token !== undefined && this.#knows(token);
  }

  /** Compares with every token, so that the time taken tells nothing about which one came close. */
  #knows(token: string): boolean {
    const hash = sha256(token);
    return this.#tokenHashes.map((known) => timingSafeEqual(known, hash)).includes(true);
  }
}

const everyone: Caller = { name: 'local', role: 'admin', cameras: null };

/** Runs the guard before every route. */
export function guarded(guard: Guard): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    const refusal = guard.refuse(context.req.raw);
    if (refusal !== null) return refusal;
    context.set('caller', everyone);
    return next();
  };
}

function forbidden(reason: string): Response {
  return problem(new AppError('request.forbidden', reason));
}

function unauthorized(): Response {
  const error = new AppError(
    'request.unauthorized',
    'a token of http.tokens is needed: Authorization: Bearer TOKEN',
  );
  return problem(error, { 'www-authenticate': 'Bearer' });
}

/** An address as it stands in a URL: IPv6 in brackets, names in lower case. */
export function urlHost(host: string): string {
  return isIP(host) === 6 ? `[${host.toLowerCase()}]` : host.toLowerCase();
}

/** As a URL shows it, where port 80 goes without saying. */
function withPort(host: string, port: number): string {
  return port === HTTP_PORT ? host : `${host}:${port}`;
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
