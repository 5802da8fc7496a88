/** How the state of channels and mutes is shown. */
import { holds, memoryOf, type RoutingState, type Span } from '../../alerting/routing.js';
import type { Moment } from '../../alerting/alert-core.js';
import type { ChannelState, MuteState } from '../../alerting/alert-desk.js';
import type { ChannelConfig } from '../../alerting/channel-config.js';
import { MS_PER_S } from '../../units.js';
import type { HeldBackCounts, RunningChannel } from './alert-deliveries.js';

const noCounters = { waiting: 0, sent: 0, failed: 0, retried: 0, dropped: 0, eventsDropped: 0 };

/** `running` is undefined for a channel that is switched off. */
export function channelState(
  name: string,
  { type }: ChannelConfig,
  running: RunningChannel | undefined,
  routing: RoutingState,
  heldBack: HeldBackCounts,
  moment: Moment,
): ChannelState {
  const { snooze, disabled } = memoryOf(routing, name);
  const last_error = running?.queue.lastError ?? null;
  const { eventsDropped, ...counters } = running?.queue.counters ?? noCounters;
  return {
    name,
    type,
    state: stateOf(running !== undefined, disabled !== null, last_error),
    disabled_reason: disabled?.reason ?? null,
    snoozed_until: endOf(snooze, moment),
    last_error,
    ...counters,
    events_dropped: eventsDropped,
    held_back: heldBack,
  };
}

export function muteState(routing: RoutingState, camera: string, moment: Moment): MuteState {
  const span = routing.mutes.get(camera);
  return { muted: holds(span, moment.nowMs), muted_until: endOf(span ?? null, moment) };
}

function stateOf(isOn: boolean, isDisabled: boolean, lastError: string | null): ChannelState['state'] {
  if (!isOn) return 'off';
  if (isDisabled) return 'disabled';
  return lastError === null ? 'ready' : 'failing';
}

/** Unix seconds; null when it does not hold, or has no end. */
function endOf(span: Span | null, { nowMs, wallTime }: Moment): number | null {
  if (span === null || !holds(span, nowMs) || span.untilMs === Infinity) return null;
  return wallTime + (span.untilMs - nowMs) / MS_PER_S;
}
