/** When to try again, and when to give up. All times in milliseconds. */
export interface RestartPolicy {
  /** Delay after the first failure; doubles with each further one. */
  firstDelayMs: number;
  maxDelayMs: number;
  /** Each delay is lengthened by a random share of up to this, so that many do not come back at once: 0.2 is 20%. */
  jitter: number;
  /** Gives up at this many failures within `windowMs`; Infinity never gives up. */
  maxFailures: number;
  windowMs: number;
}

export type RestartDecision =
  { type: 'restartAfter'; delayMs: number } | { type: 'giveUp'; failures: number };

/** Threads: back in half a second, quarantined after 5 deaths in 10 minutes. */
export const threadRestartPolicy: RestartPolicy = {
  firstDelayMs: 500,
  maxDelayMs: 30_000,
  jitter: 0.2,
  maxFailures: 5,
  windowMs: 600_000,
};

/**
 * Camera connections: never given up. Jitter only lengthens, so that a dead camera is tried at most twice a minute.
 */
export const reconnectPolicy: RestartPolicy = {
  ...threadRestartPolicy,
  maxFailures: Infinity,
  windowMs: Infinity,
};

/** `firstDelayMs * 2^(attempt-1)`, capped, then lengthened by jitter. `random` is in [0, 1). */
export function backoffDelayMs(policy: RestartPolicy, attempt: number, random: number): number {
  const doublings = Math.min(Math.max(attempt - 1, 0), 30);
  const delayMs = Math.min(policy.firstDelayMs * 2 ** doublings, policy.maxDelayMs);
  return delayMs * (1 + policy.jitter * random);
}

/**
 * Decides from the times of past failures, the latest included. Failures older than the window are forgotten: a
 * child that ran well for long starts again at the first delay.
 */
export function decideRestart(
  policy: RestartPolicy,
  failuresMs: readonly number[],
  nowMs: number,
  random: number,
): RestartDecision {
  const failures = recentFailures(policy, failuresMs, nowMs).length;
  if (failures >= policy.maxFailures) return { type: 'giveUp', failures };
  return { type: 'restartAfter', delayMs: backoffDelayMs(policy, failures, random) };
}

export function recentFailures(
  policy: RestartPolicy,
  failuresMs: readonly number[],
  nowMs: number,
): number[] {
  return failuresMs.filter((failureMs) => nowMs - failureMs < policy.windowMs);
}
