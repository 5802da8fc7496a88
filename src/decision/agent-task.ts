import type { AgentRuleConfig } from '../config/config.js';
import type { AnomalyEvent } from '../event.js';
import { scoreSeverity } from '../scoring/anomaly-event.js';
import { S_PER_HOUR } from '../units.js';
import { localMoment, scheduleOf } from '../schedule.js';
import type { AgentHistory, AgentRule, AgentTask, Finding } from './decision.js';

/** What there is to decide on, and what it is to be decided by. */
export interface Case {
  eventId: string;
  camera: { id: string; name: string };
  topScore: number;
  threshold: number;
  /** Unix seconds. */
  startTime: number;
  finding: Finding;
  /** Of all cameras. */
  rules: readonly AgentRuleConfig[];
  history: AgentHistory;
}

/** Days of events that `historyOf` is given. */
export const HISTORY_DAYS = 7;

export const noHistory: AgentHistory = { lastHour: 0, falseAlarms: 0 };

/** Times of day are those of the machine that the process runs on, which stands where its cameras are. */
export function agentTask(subject: Case): AgentTask {
  const { eventId, camera, topScore, threshold, startTime, finding, rules, history } = subject;
  return {
    event: {
      id: eventId,
      camera: camera.id,
      cameraName: camera.name,
      topScore,
      threshold,
      scoreSeverity: scoreSeverity(topScore, threshold),
    },
    finding,
    rules: rules.filter(({ cameras }) => cameras?.includes(camera.id) ?? true).map(agentRule),
    local: localMoment(startTime),
    history,
  };
}

/** `events`: those of the camera and the label in the seven days before `startTime`, this one left out. */
export function historyOf(events: readonly AnomalyEvent[], startTime: number): AgentHistory {
  return {
    lastHour: events.filter(({ start_time }) => start_time > startTime - S_PER_HOUR).length,
    falseAlarms: events.filter(({ data }) => data['feedback'] === 'false_alarm').length,
  };
}

function agentRule({ name, labels, schedule, min_severity }: AgentRuleConfig): AgentRule {
  return { name, labels, schedule: schedule && scheduleOf(schedule), min_severity };
}
