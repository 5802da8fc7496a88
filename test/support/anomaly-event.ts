import { v7 as uuid } from 'uuid';
import type { AnomalyEvent } from '../../src/event.js';

/** An event as the VAD alone makes it; tests say what matters to them. */
export function anomalyEvent(given: Partial<AnomalyEvent> = {}): AnomalyEvent {
  return {
    id: uuid(),
    camera: 'gate',
    label: 'anomaly',
    severity: 'medium',
    state: 'new',
    start_time: 1_700_000_000,
    end_time: null,
    top_score: 0.8,
    threshold: 0.5,
    verdict: 'unverified',
    summary: 'Unusual movement at Front gate',
    reasoning: '',
    actions: [],
    has_snapshot: false,
    has_clip: false,
    models: [],
    data: {},
    ...given,
  };
}
