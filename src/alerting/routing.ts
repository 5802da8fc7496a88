/** Which channels an alert goes to: rules, then snooze and mute, then quiet hours, then the hourly cap. */
import type { HeldBackReason } from './alert-record.js';
import type { ChannelConfig } from './channel-config.js';
import type { Alert, AlertedEvent } from '../event.js';
import { narrowAlert } from './narrow-alert.js';
import { isWithin, localMoment, scheduleOf } from '../schedule.js';
import { MS_PER_S, S_PER_HOUR } from '../units.js';
import { lets } from './alert-rules.js';
import type { Moment } from './alert-core.js';

/** From when until when, in monotonic milliseconds; Infinity: until somebody ends it. */
export interface Span {
  sinceMs: number;
  untilMs: number;
}

/** What is remembered of a channel. */
export interface ChannelMemory {
  /** When its latest messages were decided, oldest first; no more than its cap counts. */
  sentMs: readonly number[];
  /** Alerts that quiet hours or the cap kept back since its last message. */
  heldBack: number;
  snooze: Span | null;
  /** Its receiver is gone; holds for the configuration of this fingerprint only. */
  disabled: { reason: string; time: number; fingerprint: string } | null;
}

/** Plain data, so that it survives a restart. */
export interface RoutingState {
  channels: ReadonlyMap<string, ChannelMemory>;
  /** By camera. */
  mutes: ReadonlyMap<string, Span>;
}

export const initialRoutingState: RoutingState = { channels: new Map(), mutes: new Map() };

export const newChannelMemory: ChannelMemory = { sentMs: [], heldBack: 0, snooze: null, disabled: null };

export type ChannelPolicy = Pick<ChannelConfig, 'rules' | 'quiet_hours' | 'max_per_hour'>;

export type Route =
  /** `heldBack`: how many were kept back before it. */
  { type: 'message'; alert: Alert; heldBack: number } | { type: 'held_back'; reason: HeldBackReason };

/** Decides what one channel does about an alert; pure. Only what is critical passes quiet hours and the cap. */
export function routeAlert(
  state: RoutingState,
  channel: string,
  policy: ChannelPolicy,
  alert: Alert,
  moment: Moment,
): { state: RoutingState; route: Route } {
  const memory = state.channels.get(channel) ?? newChannelMemory;
  const allowed = allowedPart(state, memory, policy, alert, moment);
  if (typeof allowed === 'string') return { state, route: { type: 'held_back', reason: allowed } };
  const reason = allowed.severity === 'critical' ? null : restraint(memory, policy, moment);
  if (reason !== null) {
    const waiting = { ...memory, heldBack: memory.heldBack + 1 };
    return { state: withChannel(state, channel, waiting), route: { type: 'held_back', reason } };
  }
  const sentMs = [...lastHour(memory, moment), moment.nowMs].slice(-policy.max_per_hour);
  return {
    state: withChannel(state, channel, { ...memory, sentMs, heldBack: 0 }),
    route: { type: 'message', alert: allowed, heldBack: memory.heldBack },
  };
}

/** Alerts of a muted camera are told to no channel; null ends that. */
export function mute(state: RoutingState, camera: string, span: Span | null): RoutingState {
  const mutes = new Map(state.mutes);
  if (span === null) mutes.delete(camera);
  else mutes.set(camera, span);
  return { ...state, mutes };
}

export function withChannel(state: RoutingState, name: string, memory: ChannelMemory): RoutingState {
  return { ...state, channels: new Map(state.channels).set(name, memory) };
}

export function memoryOf(state: RoutingState, name: string): ChannelMemory {
  return state.channels.get(name) ?? newChannelMemory;
}

export function holds(span: Span | null | undefined, nowMs: number): boolean {
  return span !== null && span !== undefined && nowMs < span.untilMs;
}

/** What is left of the alert for this channel, or why nothing is. */
function allowedPart(
  state: RoutingState,
  memory: ChannelMemory,
  policy: ChannelPolicy,
  alert: Alert,
  { nowMs, wallTime }: Moment,
): Alert | HeldBackReason {
  const local = localMoment(wallTime);
  const ruled = narrowed(alert, (event) => lets(policy.rules, event, local));
  if (ruled === null) return 'rule';
  if (memory.disabled !== null) return 'disabled';
  if (holds(memory.snooze, nowMs)) return 'snoozed';
  return narrowed(ruled, ({ camera }) => !holds(state.mutes.get(camera), nowMs)) ?? 'muted';
}

/** A notice speaks of no event and is for everybody. */
function narrowed(alert: Alert, keep: (event: AlertedEvent) => boolean): Alert | null {
  return alert.events.length === 0 ? alert : narrowAlert(alert, keep);
}

function restraint(memory: ChannelMemory, policy: ChannelPolicy, moment: Moment): HeldBackReason | null {
  const local = localMoment(moment.wallTime);
  if (policy.quiet_hours.some((hours) => isWithin(scheduleOf(hours), local))) return 'quiet_hours';
  return lastHour(memory, moment).length >= policy.max_per_hour ? 'hourly_cap' : null;
}

function lastHour({ sentMs }: ChannelMemory, { nowMs }: Moment): number[] {
  return sentMs.filter((atMs) => nowMs - atMs < S_PER_HOUR * MS_PER_S);
}
