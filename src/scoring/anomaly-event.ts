import type { AnomalyEvent, Severity } from '../event.js';
import { US_PER_S } from '../units.js';
import type { Episode } from './episode.js';

export interface EventContext {
  id: string;
  cameraName: string;
  threshold: number;
  ended: boolean;
  hasSnapshot: boolean;
  model: { name: string; sha256: string } | null;
}

/**
 * The event as clients see it. Its end is the start plus the stream's own duration, so that a jump of the system's
 * date cannot make an event end before it began.
 */
export function toAnomalyEvent(episode: Episode, context: EventContext): AnomalyEvent {
  const { start, last, peak } = episode;
  const lastSeen = start.wallTime + (last.ptsUs - start.ptsUs) / US_PER_S;
  const score = peak.anomalyScore.toFixed(2);
  return {
    id: context.id,
    camera: start.camera,
    label: 'anomaly',
    severity: severityOf(peak.anomalyScore, context.threshold),
    state: context.ended ? 'ended' : 'new',
    start_time: start.wallTime,
    end_time: context.ended ? lastSeen : null,
    top_score: peak.anomalyScore,
    threshold: context.threshold,
    verdict: 'unverified',
    summary: `Unusual movement at ${context.cameraName}: score ${score}, threshold ${context.threshold}`,
    reasoning: 'The picture differed from what this camera usually shows; nothing has looked at what it is.',
    actions: [],
    has_snapshot: context.hasSnapshot,
    has_clip: false,
    models: context.model === null ? [] : [context.model],
    data: { peak_time: start.wallTime + (peak.ptsUs - start.ptsUs) / US_PER_S, last_seen: lastSeen },
  };
}

/** Share of the way from the threshold to 1 from which a score counts as medium and as high. */
const MEDIUM_FROM = 0.4;
const HIGH_FROM = 0.8;

/** A score alone says how unusual, not how bad: it makes at most `high`. */
function severityOf(score: number, threshold: number): Severity {
  const excess = (score - threshold) / (1 - threshold);
  if (excess >= HIGH_FROM) return 'high';
  return excess >= MEDIUM_FROM ? 'medium' : 'low';
}
