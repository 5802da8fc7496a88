/** Events against labelled segments: what was told, what was missed, what was told for nothing. */
import { US_PER_S } from '../units.js';
import type { Label } from './dataset.js';

/** An episode that the product told of. Times in microseconds from the clip's first frame. */
export interface ToldEvent {
  startUs: number;
  /** The last score that kept it up. */
  endUs: number;
  peakUs: number;
  /** In [0, 1]. */
  topScore: number;
  /** When the product told of it: at its confirmation, not at its start. */
  toldUs: number;
}

/** A run of anomalous frames, `first` to before `end`; it lasts from its first frame to the frame after its last. */
export interface Segment {
  first: number;
  end: number;
  startUs: number;
  endUs: number;
}

export interface Matching {
  /** Segments that an event overlaps, with the seconds from their start until the product told of one; never below 0. */
  found: { segment: Segment; delayS: number }[];
  misses: Segment[];
  /** Events that overlap no segment. */
  falseAlarms: ToldEvent[];
}

/** The runs of 1 in a clip's labels; `frameUs` holds the time of each frame, `fps` how long the last one lasts. */
export function segmentsOf(labels: readonly Label[], frameUs: readonly number[], fps: number): Segment[] {
  const endOfClipUs = (frameUs.at(-1) ?? 0) + US_PER_S / fps;
  const timeOf = (frame: number): number => frameUs[frame] ?? endOfClipUs;
  const segments: Segment[] = [];
  for (let first = labels.indexOf(1); first !== -1;) {
    const normal = labels.indexOf(0, first);
    const end = normal === -1 ? labels.length : normal;
    segments.push({ first, end, startUs: timeOf(first), endUs: timeOf(end) });
    first = labels.indexOf(1, end);
  }
  return segments;
}

/**
 * Sets one clip's events against its segments; one event may find several, and several events one. Of several, the
 * delay goes by what was told first; of something told before it began, it is 0.
 */
export function matchEvents(events: readonly ToldEvent[], segments: readonly Segment[]): Matching {
  const found: Matching['found'] = [];
  const misses: Segment[] = [];
  for (const segment of segments) {
    const told = events.filter((event) => overlaps(event, segment)).map(({ toldUs }) => toldUs);
    if (told.length === 0) misses.push(segment);
    else found.push({ segment, delayS: Math.max(0, Math.min(...told) - segment.startUs) / US_PER_S });
  }
  const falseAlarms = events.filter((event) => !segments.some((segment) => overlaps(event, segment)));
  return { found, misses, falseAlarms };
}

function overlaps(event: ToldEvent, segment: Segment): boolean {
  return event.startUs < segment.endUs && event.endUs >= segment.startUs;
}
