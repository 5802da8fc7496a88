import { US_PER_S } from '../../units.js';
import type { TsPacket } from './mpeg-ts.js';

const TICKS_PER_S = 90_000;
/** Times in a transport stream start over after 26.5 hours. */
const WRAP_US = (2 ** 33 / TICKS_PER_S) * US_PER_S;

export interface TimedPacket extends TsPacket {
  /** Stream time in microseconds, in decoding order: never goes back. */
  ptsUs: number;
  /** When it is shown, or null. */
  shownUs: number | null;
}

/** Lays the times of copied packets on the time line of the pictures that are decoded from them. */
export class PacketTime {
  #ownUs = 0;
  #offsetUs = 0;
  #lastUs: number | null = null;

  /** A picture's own time, and where it was placed. */
  frameAt(ownUs: number, streamUs: number): void {
    this.#ownUs = ownUs;
    this.#offsetUs = streamUs - ownUs;
  }

  place(packet: TsPacket): TimedPacket {
    const shownUs = packet.pts === null ? null : this.#locate(packet.pts);
    const atUs = packet.dts === null ? (this.#lastUs ?? 0) : this.#locate(packet.dts);
    const ptsUs = Math.max(this.#lastUs ?? atUs, atUs);
    this.#lastUs = ptsUs;
    return { ...packet, ptsUs, shownUs };
  }

  #locate(ticks: number): number {
    const us = (ticks / TICKS_PER_S) * US_PER_S;
    const turns = Math.round((this.#ownUs - us) / WRAP_US);
    return Math.round(us + turns * WRAP_US + this.#offsetUs);
  }
}
