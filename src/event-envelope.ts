import type { AnomalyEvent } from './event.js';

/** What became of an event, in the envelope that users of Frigate know. */
export interface EventEnvelope {
  /** `end` comes with the state that ends the event; what is learned of it later is an `update`. */
  type: 'new' | 'update' | 'end';
  /** Null where there was none, and where it is not known any more. */
  before: AnomalyEvent | null;
  after: AnomalyEvent;
}

/** Of two states that follow each other; `before` is null for an event's first. */
export function envelope(before: AnomalyEvent | null, after: AnomalyEvent): EventEnvelope {
  if (before === null) return { type: 'new', before, after };
  const hasEnded = after.state === 'ended' && before.state !== 'ended';
  return { type: hasEnded ? 'end' : 'update', before, after };
}

/** Of a state whose predecessors are not known any more: whoever missed them learns of the event, or of its end. */
export function lateEnvelope(after: AnomalyEvent): EventEnvelope {
  return { type: after.state === 'ended' ? 'end' : 'new', before: null, after };
}
