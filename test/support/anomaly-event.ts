import { v7 as uuidv7 } from 'uuid';
import type { AnomalyEvent } from '../../src/event.js';

/** A plain event that has ended just now; `fields` replace its own. */
export function anomalyEvent(fields: Partial<AnomalyEvent> = {}): AnomalyEvent {
  const now = Date.now() / 1000;
  return {
    id: uuidv7(),
    camera: 'gate',
    label: 'anomaly',
    severity: 'low',
    state: 'ended',
    start_time: now - 5,
    end_time: now,
    top_score: 0.9,
    threshold: 0.5,
    verdict: 'unverified',
    summary: '',
    reasoning: '',
    actions: ['notify'],
    has_snapshot: true,
    has_clip: false,
    kept: false,
    models: [{ name: 'mnad', sha256: 'ab' }],
    data: { last_seen: now, box: [0.25, 0.5, 0.125, 0.25], zones: ['door'] },
    ...fields,
  };
}
