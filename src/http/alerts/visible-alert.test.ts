import { expect, it } from 'vitest';
import type { Caller } from '../../access/access.js';
import type { Alert, AlertedEvent } from '../../event.js';
import { visibleAlert } from './visible-alert.js';

function alerted(camera: string, severity: AlertedEvent['severity']): AlertedEvent {
  return {
    id: `${camera}-${severity}`,
    camera,
    camera_name: camera,
    label: 'motion',
    severity,
    top_score: 0.8,
    start_time: 1,
    summary: '',
    verdict: 'unverified',
    has_snapshot: false,
    zones: [],
  };
}

const digest: Alert = {
  id: 'a',
  kind: 'digest',
  severity: 'high',
  time: 1,
  events: [alerted('gate', 'low'), alerted('yard', 'high'), alerted('gate', 'medium')],
  count: 5,
  counts: [
    { camera: 'gate', label: 'motion', count: 3 },
    { camera: 'yard', label: 'motion', count: 2 },
  ],
  text: null,
};
const caller = (cameras: string[] | null): Caller => ({ name: 'c', role: 'viewer', cameras });

it('leaves an alert whole for those who see every camera', () => {
  expect(visibleAlert(digest, caller(null))).toBe(digest);
});

it('tells others of their cameras only, and nothing of how bad it was elsewhere', () => {
  const narrowed = visibleAlert(digest, caller(['gate']));
  expect(narrowed).toMatchObject({ severity: 'medium', count: 3, counts: [{ camera: 'gate', count: 3 }] });
  expect(JSON.stringify(narrowed)).not.toContain('yard');
});

it('is nothing where no camera of theirs is in it, nor what is about the alerts themselves', () => {
  expect(visibleAlert(digest, caller(['door']))).toBeNull();
  const notice: Alert = {
    ...digest,
    kind: 'notice',
    events: [],
    counts: [],
    count: 0,
    text: 'channel ops is off',
  };
  expect(visibleAlert(notice, caller(['gate']))).toBeNull();
  expect(visibleAlert(notice, caller(null))).toBe(notice);
});
