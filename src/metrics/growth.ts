/**
 * By how much counters of others grew between two looks at them. A counter that was started over (a camera's with its
 * session, a thread's with the thread) counts from 0 again, and what it shows then is all new: the sum of the growth
 * never falls. As with Prometheus' own `rate`, what it counted between the last look and the new start is lost.
 */
export class Growth {
  readonly #seen = new Map<string, number>();

  /** Never negative. `counter` tells the counters apart. */
  of(counter: string, count: number): number {
    const seen = this.#seen.get(counter) ?? 0;
    this.#seen.set(counter, count);
    return count >= seen ? count - seen : count;
  }

  /** A counter is gone for good. */
  forget(counter: string): void {
    this.#seen.delete(counter);
  }
}
