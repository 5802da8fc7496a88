import { lookup as resolveName, type LookupAddress, type LookupOptions } from 'node:dns';
import { connect, isIP, Socket, type LookupFunction } from 'node:net';
import { connect as connectTls } from 'node:tls';
import ipaddr from 'ipaddr.js';
import { AppError } from '../errors.js';

/** What a channel may connect to, and the way there. */
export interface Targets {
  /** Refuses, with `alert.delivery_failed`, a host that is an address and not an allowed one; names pass. */
  check(host: string): void;
  /**
   * For `net.connect`: gives only addresses that are allowed, so that the one connected to is one that was looked
   * at, whatever the name says the next time (DNS rebinding).
   */
  lookup: LookupFunction;
}

type Resolve = (
  host: string,
  options: LookupOptions & { all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Only public unicast addresses, and what `allowTargets` names: hosts, addresses and CIDR ranges. A host that is named
 * may lead anywhere.
 *
 * @param resolve - asks the system; tests answer themselves
 */
export function targetsOf(allowTargets: readonly string[], resolve: Resolve = resolveName): Targets {
  const hosts = new Set(allowTargets.map((target) => target.toLowerCase()));
  const ranges = allowTargets.flatMap(rangeOf);
  const isAllowed = (host: string, address: string): boolean =>
    hosts.has(host.toLowerCase()) || isPublic(address) || ranges.some((range) => isIn(address, range));

  return {
    check(host) {
      const bare = host.replace(/^\[(.*)\]$/, '$1');
      if (isIP(bare) !== 0 && !isAllowed(bare, bare)) throw refused(bare, bare);
    },
    lookup(host, options, done) {
      resolve(host, { ...options, all: true }, (error, addresses) => {
        if (error !== null) {
          done(error, []);
          return;
        }
        const allowed = addresses.filter(({ address }) => isAllowed(host, address));
        const [first] = allowed;
        if (first === undefined) done(refused(host, addresses[0]?.address ?? 'nothing'), []);
        else if (options.all === true) done(null, allowed);
        else done(null, first.address, first.family);
      });
    },
  };
}

/** A connection under way, TLS with certificates checked when `tls` is given; a refused target is an error of it. */
export function connectTo(
  targets: Targets,
  { host, port, tls }: { host: string; port: number; tls?: { ca: string | undefined } },
): Socket {
  try {
    targets.check(host);
  } catch (refusal) {
    return new Socket().destroy(refusal as Error);
  }
  const { lookup } = targets;
  if (tls === undefined) return connect({ host, port, lookup });
  const authority = tls.ca === undefined ? {} : { ca: tls.ca };
  return connectTls({ host, port, lookup, ...authority, ...(isIP(host) === 0 ? { servername: host } : {}) });
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Written in IPv6 or not, an IPv4 address is where a connection ends. */
function parse(address: string): Address {
  return ipaddr.process(address.replace(/%.*$/, ''));
}

/** Neither this machine nor its network, no metadata service, no multicast, nothing translated on the way. */
function isPublic(address: string): boolean {
  return parse(address).range() === 'unicast';
}

function rangeOf(target: string): [Address, number][] {
  if (ipaddr.isValidCIDR(target)) return [ipaddr.parseCIDR(target)];
  if (!ipaddr.isValid(target)) return [];
  const address = parse(target);
  return [[address, address.kind() === 'ipv4' ? 32 : 128]];
}

function isIn(address: string, [network, bits]: [Address, number]): boolean {
  const parsed = parse(address);
  return parsed.kind() === network.kind() && parsed.match(network, bits);
}

function refused(host: string, address: string): AppError {
  const what = host === address ? address : `${host}, which is ${address},`;
  return new AppError(
    'alert.delivery_failed',
    `${what} is not on the public internet; if messages are meant to go there, add it to alerts.allow_targets`,
    { host, address },
  );
}
