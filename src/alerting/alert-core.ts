import type { AlertRule } from './channel-config.js';
import { severityRank, type Alert, type AlertedEvent, type AnomalyEvent, type Severity } from '../event.js';
import { totalOf, worstSeverity } from './narrow-alert.js';
import { localMoment } from '../schedule.js';
import { lets } from './alert-rules.js';
import { intoDigest, withoutEvent, type Digest } from './digest.js';

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
  /** Waiting to be told together; null while nothing waits. */
  digest: Digest | null;
}

export type AlertDecision =
  | { type: 'immediate'; alert: Alert }
  | { type: 'digested' }
  | { type: 'suppressed'; why: 'duplicate' | 'rule' };

export const initialAlertState: AlertState = { last: new Map(), digest: null };

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
  event: AlertedEvent,
  policy: AlertPolicy,
  moment: Moment,
): { state: AlertState; decision: AlertDecision } {
  if (!lets(policy.rules, event, localMoment(moment.wallTime))) {
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
  if (severityRank(event.severity) >= severityRank('high')) {
    const { camera, label } = event;
    const alert = alertOf('immediate', [event], [{ camera, label, count: 1 }], moment);
    // An event that alerts at once is no longer for the digest.
    const digest = state.digest === null ? null : withoutEvent(state.digest, event.id);
    return { state: { last, digest }, decision: { type: 'immediate', alert } };
  }
  const digest = intoDigest(state.digest, event, moment.nowMs + policy.digestMs);
  return { state: { last, digest }, decision: { type: 'digested' } };
}

/** Sends the digest once it is due; `alert` is null while it is not. */
export function releaseDigest(state: AlertState, moment: Moment): { state: AlertState; alert: Alert | null } {
  const { digest } = state;
  if (digest === null || moment.nowMs < digest.dueMs) return { state, alert: null };
  const alert = alertOf('digest', digest.events, digest.counts, moment);
  return { state: { ...state, digest: null }, alert };
}

/** What alerts say of an event. */
export function alertedEvent(event: AnomalyEvent, cameraName: string): AlertedEvent {
  const { id, camera, label, severity, top_score, start_time, summary, verdict, has_snapshot } = event;
  const { zones } = event.data;
  return {
    id,
    camera,
    camera_name: cameraName,
    label,
    severity,
    top_score,
    start_time,
    summary,
    verdict,
    zones: Array.isArray(zones) ? zones.map(String) : [],
    has_snapshot,
  };
}

function alertOf(
  kind: Alert['kind'],
  events: readonly AlertedEvent[],
  counts: Alert['counts'],
  { newId, wallTime }: Moment,
): Alert {
  const severity = worstSeverity(events);
  return { id: newId(), kind, severity, time: wallTime, events, count: totalOf(counts), counts, text: null };
}
