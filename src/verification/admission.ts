import { MS_PER_S } from '../units.js';

/** An anomaly that waits for the one VLM to look at it. Times in monotonic milliseconds of the clock of the caller. */
export interface QueuedCandidate {
  eventId: string;
  camera: string;
  /** Anomaly score in [0, 1] at its onset, and the threshold that it passed, below 1. */
  score: number;
  threshold: number;
  admittedMs: number;
  /** From here on nobody waits for its verdict any more. */
  expiresMs: number;
}

/** What a candidate had to give way to: nothing, or the one of its camera that stands for both. */
export type Lost<C> =
  { candidate: C; reason: 'queue_full' } | { candidate: C; reason: 'merged'; mergedInto: string };

/** `admitted = taken + givenUp + merged + expired + withdrawn + held`, always. */
export interface AdmissionCounts {
  admitted: number;
  taken: number;
  givenUp: number;
  merged: number;
  expired: number;
  withdrawn: number;
  held: number;
  highWater: number;
}

/** Seconds after which a camera that was looked at counts as wholly new again. */
const NOVELTY_S = 60;
/** Seconds of waiting that weigh as much as the difference between the faintest score and the highest. */
const AGEING_S = 15;

/**
 * Bounded, and ordered by importance at the moment of taking:
 *
 *     importance = excess + novelty + age / 15 s
 *     excess     = (score - threshold) / (1 - threshold), in [0, 1]
 *     novelty    = seconds since the camera was last looked at / 60 s, in [0, 1]; 1 if never
 *     age        = seconds since the camera first asked in vain; its being looked at sets it back
 *
 * Excess and novelty together are 2 at most, so that nothing passes a camera that has waited for 30 s longer: none
 * starves. The age is the camera's, not the candidate's: one that was given up, expired or merged leaves it behind.
 *
 * A camera has one candidate at most. Of two the one with the higher excess stays, and the older one of equals, whose
 * deadline is nearer. Pure but for what it holds: times come from the caller.
 */
export class AdmissionQueue<C extends QueuedCandidate> {
  readonly #capacity: number;
  /** By camera. */
  readonly #held = new Map<string, C>();
  /** When each camera was last looked at, and since when it has asked in vain. One entry a camera. */
  readonly #lookedAtMs = new Map<string, number>();
  readonly #askedSinceMs = new Map<string, number>();
  readonly #counts = { admitted: 0, taken: 0, givenUp: 0, merged: 0, expired: 0, withdrawn: 0, highWater: 0 };

  /** `capacity`: candidates held at most, at least 1. */
  constructor(capacity: number) {
    if (!(capacity >= 1)) throw new RangeError('an admission queue holds at least one candidate');
    this.#capacity = capacity;
  }

  /** Takes in a candidate. Returns the one that had to give way, which may be the newcomer itself; else null. */
  admit(candidate: C): Lost<C> | null {
    const { camera, admittedMs } = candidate;
    this.#counts.admitted += 1;
    if (!this.#askedSinceMs.has(camera)) this.#askedSinceMs.set(camera, admittedMs);
    const rival = this.#held.get(camera);
    if (rival !== undefined) return this.#merge(rival, candidate);
    this.#held.set(camera, candidate);
    const lost = this.#held.size > this.#capacity ? this.#leastImportant(admittedMs) : null;
    if (lost !== null) {
      this.#held.delete(lost.camera);
      this.#counts.givenUp += 1;
    }
    this.#counts.highWater = Math.max(this.#counts.highWater, this.#held.size);
    return lost === null ? null : { candidate: lost, reason: 'queue_full' };
  }

  /** The most important candidate, for the VLM to look at now; undefined when none waits. */
  take(nowMs: number): C | undefined {
    const best = this.#ranked(nowMs)[0];
    if (best === undefined) return undefined;
    this.#held.delete(best.camera);
    this.#lookedAtMs.set(best.camera, nowMs);
    this.#askedSinceMs.delete(best.camera);
    this.#counts.taken += 1;
    return best;
  }

  /** Removes and returns those that nobody waits for any more. */
  expire(nowMs: number): C[] {
    const expired = [...this.#held.values()].filter(({ expiresMs }) => expiresMs <= nowMs);
    for (const { camera } of expired) this.#held.delete(camera);
    this.#counts.expired += expired.length;
    return expired;
  }

  /** Removes one that cannot be looked at, if it is held; false when it is not. */
  withdraw({ camera, eventId }: C): boolean {
    if (this.#held.get(camera)?.eventId !== eventId) return false;
    this.#held.delete(camera);
    this.#counts.withdrawn += 1;
    return true;
  }

  /** Removes all. */
  clear(): void {
    this.#counts.withdrawn += this.#held.size;
    this.#held.clear();
  }

  get counts(): AdmissionCounts {
    return { ...this.#counts, held: this.#held.size };
  }

  #merge(older: C, newer: C): Lost<C> {
    const [stays, goes] = excess(newer) > excess(older) ? [newer, older] : [older, newer];
    this.#held.set(stays.camera, stays);
    this.#counts.merged += 1;
    return { candidate: goes, reason: 'merged', mergedInto: stays.eventId };
  }

  #leastImportant(nowMs: number): C | null {
    return this.#ranked(nowMs).at(-1) ?? null;
  }

  /** The most important first; of equals the one that was admitted first. */
  #ranked(nowMs: number): C[] {
    const importance = new Map([...this.#held.values()].map((held) => [held, this.#importance(held, nowMs)]));
    const rank = (candidate: C): number => importance.get(candidate) ?? 0;
    return [...importance.keys()].sort((a, b) => rank(b) - rank(a) || a.admittedMs - b.admittedMs);
  }

  #importance(candidate: C, nowMs: number): number {
    const { camera } = candidate;
    const unseenS = (nowMs - (this.#lookedAtMs.get(camera) ?? -Infinity)) / MS_PER_S;
    const ageS = (nowMs - (this.#askedSinceMs.get(camera) ?? nowMs)) / MS_PER_S;
    return excess(candidate) + Math.min(1, unseenS / NOVELTY_S) + ageS / AGEING_S;
  }
}

function excess({ score, threshold }: QueuedCandidate): number {
  return (score - threshold) / (1 - threshold);
}
