import type { AlertRule } from './channel-config.js';
import { severityRank, type AlertedEvent } from '../event.js';
import { isWithin, scheduleOf, type LocalMoment } from '../schedule.js';

/** Whether people are to be told: the first rule that matches decides; without a match they are. */
export function lets(rules: readonly AlertRule[], event: AlertedEvent, local: LocalMoment): boolean {
  return rules.find((rule) => matches(rule, event, local))?.action !== 'ignore';
}

function matches(rule: AlertRule, event: AlertedEvent, local: LocalMoment): boolean {
  return (
    (rule.cameras?.includes(event.camera) ?? true) &&
    (rule.labels?.includes(event.label) ?? true) &&
    (rule.zones?.some((zone) => event.zones.includes(zone)) ?? true) &&
    severityRank(event.severity) >= severityRank(rule.min_severity) &&
    (rule.schedule === undefined || isWithin(scheduleOf(rule.schedule), local))
  );
}
