import type { AnomalyEvent, Severity } from '../event.js';
import { US_PER_S } from '../units.js';
import { zonesOf, type Zones } from '../zones.js';
import type { Episode, EpisodeScore } from './episode.js';
import type { FrameSample } from './frame-sample.js';
import { strongestCell } from './place.js';

export interface EventContext {
  id: string;
  camera: { name: string; zones: Zones };
  threshold: number;
  ended: boolean;
  /** The score of the frame whose picture is stored; null when there is none. */
  pictured: EpisodeScore | null;
  models: { name: string; sha256: string }[];
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
    severity: scoreSeverity(peak.anomalyScore, context.threshold),
    state: context.ended ? 'ended' : 'new',
    start_time: start.wallTime,
    end_time: context.ended ? lastSeen : null,
    top_score: peak.anomalyScore,
    threshold: context.threshold,
    verdict: 'unverified',
    summary: `Unusual movement at ${context.camera.name}: score ${score}, threshold ${context.threshold}`,
    reasoning: 'The picture differed from what this camera usually shows; nothing has looked at what it is.',
    actions: [],
    has_snapshot: context.pictured !== null,
    has_clip: false,
    kept: false,
    models: context.models,
    data: {
      peak_time: start.wallTime + (peak.ptsUs - start.ptsUs) / US_PER_S,
      last_seen: lastSeen,
      // Of the frame that is shown, which a late and small rise of the peak leaves behind.
      ...evidenceOf(context.pictured ?? peak, context.camera.zones),
    },
  };
}

/**
 * `box`: x, y, width, height in shares of the picture; `zones`: names of those in which it was strongest; `pattern`:
 * what the detector measured, float32 little-endian in base64.
 */
function evidenceOf({ place, sample }: EpisodeScore, zones: Zones): AnomalyEvent['data'] {
  return {
    ...(place && { box: place.box, zones: zonesOf(strongestCell(place), zones) }),
    ...(sample && { pattern: patternOf(sample) }),
  };
}

function patternOf({ buffer, byteOffset, byteLength }: FrameSample): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

/** The frame sample that an event's pattern holds; null when it holds none. */
export function sampleOfPattern(pattern: unknown): number[] | null {
  if (typeof pattern !== 'string') return null;
  const bytes = Uint8Array.from(Buffer.from(pattern, 'base64'));
  if (bytes.byteLength === 0 || bytes.byteLength % Float32Array.BYTES_PER_ELEMENT !== 0) return null;
  const sample = [...new Float32Array(bytes.buffer)];
  return sample.every(Number.isFinite) ? sample : null;
}

/** Share of the way from the threshold to 1 from which a score counts as medium and as high. */
const MEDIUM_FROM = 0.4;
const HIGH_FROM = 0.8;

/** A score alone says how unusual, not how bad: it makes at most `high`. */
export function scoreSeverity(score: number, threshold: number): Severity {
  const excess = (score - threshold) / (1 - threshold);
  if (excess >= HIGH_FROM) return 'high';
  return excess >= MEDIUM_FROM ? 'medium' : 'low';
}
