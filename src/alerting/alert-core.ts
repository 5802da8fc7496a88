import type { AlertRule } from '../config.js';
import { severityRank, type Alert, type AlertedEvent, type AnomalyEvent, type Severity } from '../event.js';

/** Times in monotonic milliseconds of the clock that feeds the core. */
export interface AlertPolicy {
  dedupMs: number;
  digestMs: number;
  /** The first that matches decides; without a match an event alerts. */
  rules: readonly AlertRule[];
}

interface LastAlert {
  atMs: number;
  severity: Severity;
}

/** Everything the core remembers; plain data, so that it survives a restart. */
export interface AlertState {
  /** By camera and label: what was last let through, not what was suppressed. Bounded by expiry. */
  last: ReadonlyMap<string, LastAlert>;
  /** Waiting for the digest; null while nothing waits. */
  digest: { dueMs: number; events: readonly AlertedEvent[]; count: number } | null;
}

export type AlertDecision =
  | { type: 'immediate'; alert: Alert }
  | { type: 'digested' }
  | { type: 'suppressed'; why: 'duplicate' | 'rule' };

export const initialAlertState: AlertState = { last: new Map(), digest: null };

/** Events named in one digest; more are counted only. */
const MAX_DIGEST_EVENTS = 100;

export interface Moment {
  nowMs: number;
  /** Unix seconds. */
  wallTime: number;
  newId: () => string;
}

/**
 * Decides what to do about an event that is new or became more severe; pure. High and critical alert at once, medium
 * and low go into the next digest. Less than `dedupMs` after the last of the same camera and label nothing is sent,
 * unless it is more severe than that.
 */
export function decideAlert(
  state: AlertState,
  event: AnomalyEvent,
  policy: AlertPolicy,
  moment: Moment,
): { state: AlertState; decision: AlertDecision } {
  if (matchingRule(policy.rules, event)?.action === 'ignore') {
    return { state, decision: { type: 'suppressed', why: 'rule' } };
  }
  const key = `${event.camera}\n${event.label}`;
  const previous = state.last.get(key);
  const fresh = previous !== undefined && moment.nowMs - previous.atMs < policy.dedupMs;
  if (fresh && severityRank(event.severity) <= severityRank(previous.severity)) {
    return { state, decision: { type: 'suppressed', why: 'duplicate' } };
  }
  const last = new Map([...state.last].filter(([, { atMs }]) => moment.nowMs - atMs < policy.dedupMs));
  last.set(key, { atMs: moment.nowMs, severity: event.severity });
  const alerted = alertedEvent(event);
  if (severityRank(event.severity) >= severityRank('high')) {
    const alert = alertOf('immediate', [alerted], 1, moment);
    return {
      state: { last, digest: withoutEvent(state.digest, event.id) },
      decision: { type: 'immediate', alert },
    };
  }
  return {
    state: { last, digest: intoDigest(state.digest, alerted, policy, moment) },
    decision: { type: 'digested' },
  };
}

/** Sends the digest once it is due; `alert` is null while it is not. */
export function releaseDigest(state: AlertState, moment: Moment): { state: AlertState; alert: Alert | null } {
  const { digest } = state;
  if (digest === null || moment.nowMs < digest.dueMs) return { state, alert: null };
  return { state: { ...state, digest: null }, alert: alertOf('digest', digest.events, digest.count, moment) };
}

function matchingRule(rules: readonly AlertRule[], event: AnomalyEvent): AlertRule | undefined {
  return rules.find(
    (rule) =>
      (rule.cameras === undefined || rule.cameras.includes(event.camera)) &&
      (rule.labels === undefined || rule.labels.includes(event.label)) &&
      severityRank(event.severity) >= severityRank(rule.min_severity),
  );
}

function intoDigest(
  digest: AlertState['digest'],
  event: AlertedEvent,
  policy: AlertPolicy,
  moment: Moment,
): AlertState['digest'] {
  if (digest === null) return { dueMs: moment.nowMs + policy.digestMs, events: [event], count: 1 };
  const others = digest.events.filter(({ id }) => id !== event.id);
  const isKnown = others.length < digest.events.length;
  const events = [...others, event].slice(0, MAX_DIGEST_EVENTS);
  return { dueMs: digest.dueMs, events, count: digest.count + (isKnown ? 0 : 1) };
}

/** An event that alerts at once is no longer for the digest. */
function withoutEvent(digest: AlertState['digest'], id: string): AlertState['digest'] {
  if (digest === null) return null;
  const events = digest.events.filter((event) => event.id !== id);
  if (events.length === digest.events.length) return digest;
  return events.length === 0 ? null : { ...digest, events, count: digest.count - 1 };
}

function alertOf(kind: Alert['kind'], events: readonly AlertedEvent[], count: number, moment: Moment): Alert {
  const severity = events.reduce<Severity>(
    (worst, event) => (severityRank(event.severity) > severityRank(worst) ? event.severity : worst),
    'low',
  );
  return { id: moment.newId(), kind, severity, time: moment.wallTime, events, count };
}

function alertedEvent(event: AnomalyEvent): AlertedEvent {
  const { id, camera, label, severity, top_score, start_time } = event;
  return { id, camera, label, severity, top_score, start_time };
}
