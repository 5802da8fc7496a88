import { ringLimits, type RingLimits } from '../../ring-limits.js';
import { US_PER_S } from '../../units.js';

export interface RingPacket {
  readonly bytes: number;
  readonly key: boolean;
  /** Microseconds; never goes back from one packet to the next. */
  readonly ptsUs: number;
}

interface Gop<T> {
  packets: T[];
  bytes: number;
}

/**
 * The newest packets of a stream, bounded in bytes and seconds. Whole GOPs leave it, oldest first, so that what is
 * held always starts at a keyframe and can be decoded. A GOP that alone exceeds a bound leaves too, and what is
 * left of it is not taken in.
 */
export class PacketRing<T extends RingPacket> {
  readonly #limits: RingLimits;
  readonly #dispose: (packet: T) => void;
  #gops: Gop<T>[] = [];
  #bytes = 0;
  #newestUs = 0;
  #evicted = 0;

  /** `dispose` is called once for each packet that leaves the ring or is not taken in. */
  constructor(dispose: (packet: T) => void, limits: RingLimits = ringLimits) {
    this.#dispose = dispose;
    this.#limits = limits;
  }

  /** Takes ownership of `packet`, whether or not it keeps it. */
  offer(packet: T): void {
    const { maxBytes, maxSeconds } = this.#limits;
    while (this.#bytes + packet.bytes > maxBytes && this.#evictOldest());
    while (
      packet.ptsUs - (this.#oldest()?.ptsUs ?? packet.ptsUs) > maxSeconds * US_PER_S &&
      this.#evictOldest()
    );
    if (packet.key && packet.bytes <= maxBytes) this.#gops.push({ packets: [], bytes: 0 });
    const gop = this.#gops.at(-1);
    if (gop === undefined) {
      this.#evict(packet);
      return;
    }
    gop.packets.push(packet);
    gop.bytes += packet.bytes;
    this.#bytes += packet.bytes;
    this.#newestUs = packet.ptsUs;
  }

  /** Oldest first; the ring keeps its ownership. */
  packets(): T[] {
    return this.#gops.flatMap((gop) => gop.packets);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** From the oldest packet held to the newest. */
  get seconds(): number {
    const oldest = this.#oldest();
    return oldest === undefined ? 0 : (this.#newestUs - oldest.ptsUs) / US_PER_S;
  }

  /** Packets that left the ring or were not taken in. */
  get evicted(): number {
    return this.#evicted;
  }

  clear(): void {
    while (this.#evictOldest());
  }

  #oldest(): T | undefined {
    return this.#gops[0]?.packets[0];
  }

  #evictOldest(): boolean {
    const gop = this.#gops.shift();
    if (gop === undefined) return false;
    this.#bytes -= gop.bytes;
    for (const packet of gop.packets) this.#evict(packet);
    return true;
  }

  #evict(packet: T): void {
    this.#evicted += 1;
    this.#dispose(packet);
  }
}
