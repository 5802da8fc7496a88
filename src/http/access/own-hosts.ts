import { isIP } from 'node:net';

export interface OwnHostsOptions {
  /** The configured host, and the port that really listens. */
  host: string;
  port: number;
  /** NAME or NAME:PORT in lower case, by which a reverse proxy is reached; it speaks HTTPS or HTTP. */
  allowedHosts: readonly string[];
}

const HTTP_PORT = 80;
const loopbackHosts = ['localhost', '127.0.0.1', '[::1]'];
const anyAddress = new Set(['0.0.0.0', '::']);

/** By what hosts the service is asked for, and which pages are its own. */
export class OwnHosts {
  readonly #port: number;
  readonly #authorities: ReadonlySet<string>;
  readonly #proxies: ReadonlySet<string>;
  readonly #anyAddress: boolean;

  constructor({ host, port, allowedHosts }: OwnHostsOptions) {
    const names = new Set([...loopbackHosts, urlHost(host)]);
    this.#port = port;
    this.#authorities = new Set([...names].map((name) => withPort(name, port)));
    this.#proxies = new Set(allowedHosts);
    this.#anyAddress = anyAddress.has(host);
  }

  /** Whether a request for `authority` is for us. A name that was rebound to this address is not. */
  serves(authority: string): boolean {
    return this.#listensAs(authority) || this.#proxies.has(authority);
  }

  /** Whether pages of `origin` are ours. */
  owns(origin: string): boolean {
    const [, scheme, authority = ''] = /^(https?):\/\/([^/?#]+)$/.exec(origin) ?? [];
    if (scheme === undefined || !URL.canParse(origin)) return false;
    return this.#proxies.has(authority) || (scheme === 'http' && this.#listensAs(authority));
  }

  #listensAs(authority: string): boolean {
    if (this.#authorities.has(authority)) return true;
    // Bound to every address, we are asked for by addresses nobody configured. Only a name can be rebound: a
    // literal address is safe.
    if (!this.#anyAddress) return false;
    const { hostname } = new URL(`http://${authority}`);
    return isIP(hostname.replace(/^\[|\]$/g, '')) !== 0 && authority === withPort(hostname, this.#port);
  }
}

/** An address as it stands in a URL: IPv6 in brackets, names in lower case. */
export function urlHost(host: string): string {
  return isIP(host) === 6 ? `[${host.toLowerCase()}]` : host.toLowerCase();
}

/** As a URL shows it, where port 80 goes without saying. */
function withPort(host: string, port: number): string {
  return port === HTTP_PORT ? host : `${host}:${port}`;
}
