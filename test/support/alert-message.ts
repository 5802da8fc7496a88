import type { AlertMessage } from '../../src/alerting/channel.js';
import type { AlertedEvent } from '../../src/event.js';

export const jpeg = Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 0xff, 0xd9]);

/** An alert of one event, with whatever the camera and the models are to say. */
export function alertMessage(
  said: Partial<AlertedEvent> = {},
  more: Partial<AlertMessage> = {},
): AlertMessage {
  const event: AlertedEvent = {
    id: '01890a5d-ac96-774b-bcce-b302099a8057',
    camera: 'door',
    camera_name: 'Front door',
    label: 'person',
    severity: 'high',
    top_score: 0.87,
    start_time: 1_700_000_000,
    summary: 'Somebody climbs over the fence.',
    verdict: 'confirmed',
    has_snapshot: true,
    zones: ['fence'],
    ...said,
  };
  return {
    id: 'message-1',
    alert: {
      id: 'alert-1',
      kind: 'immediate',
      severity: event.severity,
      time: 1_700_000_001,
      events: [event],
      count: 1,
      counts: [{ camera: event.camera, label: event.label, count: 1 }],
      text: null,
    },
    heldBack: 0,
    snapshot: () => Promise.resolve(jpeg),
    ...more,
  };
}

/** A camera's name and a model's words that try to be more than text. */
export const hostile = {
  camera_name: 'x"}\r\nBcc: evil@example.com\r\n\r\n<script>alert(1)</script>{{summary}}',
  summary: '<img src=x onerror=alert(1)>", "severity": "low" \u202e\r\nX-Evil: 1',
};
