import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Clock } from '../../clock.js';
import { MS_PER_S } from '../../units.js';

export interface RateLimitOptions {
  /** How many may pass in the long run. */
  perS: number;
  /** How many may pass at once after a rest. */
  burst: number;
  clock: Clock;
}

interface Bucket {
  tokens: number;
  filledMs: number;
}

const KEYS_MAX = 10_000;

/**
 * A token bucket for each key: a bucket of `burst` tokens fills at `perS`, and each request takes one. Of more than
 * 10,000 keys the one unused for longest is forgotten, which at worst fills its bucket.
 */
export class RateLimit {
  readonly #options: RateLimitOptions;
  /** Least recently used first. */
  readonly #buckets = new Map<string, Bucket>();
  #forgotten = 0;

  constructor(options: RateLimitOptions) {
    this.#options = options;
  }

  /** Counts one for `key`: 0 when it may pass, else the seconds until one may, rounded up. */
  take(key: string): number {
    const { perS, burst, clock } = this.#options;
    const nowMs = clock.monotonicMs();
    const bucket = this.#buckets.get(key) ?? { tokens: burst, filledMs: nowMs };
    const tokens = Math.min(burst, bucket.tokens + ((nowMs - bucket.filledMs) / MS_PER_S) * perS);
    const passes = tokens >= 1;
    this.#remember(key, { tokens: passes ? tokens - 1 : tokens, filledMs: nowMs });
    return passes ? 0 : Math.ceil((1 - tokens) / perS);
  }

  /** How often a key was forgotten for lack of room. */
  get forgotten(): number {
    return this.#forgotten;
  }

  #remember(key: string, bucket: Bucket): void {
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size <= KEYS_MAX) return;
    const [oldest = ''] = this.#buckets.keys();
    this.#buckets.delete(oldest);
    this.#forgotten += 1;
  }
}

/** What addresses are counted by: somebody with one IPv6 address has all that share its first 64 bits. */
export function addressKey(address: string): string {
  if (isIPv4(address) || !ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6 ? parsed.parts.slice(0, 4).join(':') : parsed.toString();
}
