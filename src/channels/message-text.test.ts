import { describe, expect, it } from 'vitest';
import { alertMessage, hostile } from '../../test/support/alert-message.js';
import type { Alert, AlertedEvent } from '../event.js';
import { messageText } from './message-text.js';

const [door] = alertMessage().alert.events as [AlertedEvent];

const textOf = (alert: Partial<Alert>, heldBack = 0) =>
  messageText(alertMessage({}, { alert: { ...alertMessage().alert, ...alert }, heldBack }), undefined);

describe('the words of an alert', () => {
  it('say what was seen, where and when, and how sure that is', () => {
    expect(messageText(alertMessage(), undefined)).toEqual({
      title: 'High: person, Front door',
      lines: [
        'Somebody climbs over the fence.',
        'person, Front door, in fence; 2023-11-14T22:13:20.000Z',
        'Anomaly score 0.87, confirmed',
      ],
      link: null,
    });
  });

  it('of a digest count by camera and label before they tell of the worst', () => {
    const yard: AlertedEvent = { ...door, id: 'e2', camera: 'yard', camera_name: 'Yard', severity: 'low' };
    const counts = [
      { camera: 'door', label: 'person', count: 2 },
      { camera: 'yard', label: 'cat', count: 1 },
    ];
    const { title, lines } = textOf({
      kind: 'digest',
      severity: 'high',
      events: [yard, door],
      count: 3,
      counts,
    });
    expect(title).toBe('3 events, high at most');
    expect(lines.slice(0, 3)).toEqual([
      '2 × person, Front door',
      '1 × cat, Yard',
      'Somebody climbs over the fence.',
    ]);
    expect(lines.join()).not.toContain('Yard, in fence');
  });

  it('of a long digest name 20 rows and sum up the rest', () => {
    const counts = Array.from({ length: 25 }, (_, i) => ({
      camera: `camera${i}`,
      label: 'person',
      count: 2,
    }));
    const { lines } = textOf({ kind: 'digest', count: 50, counts });
    expect(lines.filter((line) => line.includes('×'))).toHaveLength(20);
    expect(lines).toContain('10 elsewhere');
    expect(textOf({ kind: 'digest', count: 1, counts: counts.slice(0, 1) }).title).toBe(
      '1 event, high at most',
    );
  });

  it('say how many alerts were kept back', () => {
    expect(textOf({}, 1).lines.at(-1)).toBe('1 more alert kept back since the last message.');
    expect(textOf({}, 12).lines.at(-1)).toBe('12 more alerts kept back since the last message.');
  });

  it('of a test and of a notice are their own, and never empty', () => {
    const none = { events: [], counts: [], count: 0 };
    expect(textOf({ ...none, kind: 'test', text: 'This is a test.' })).toMatchObject({
      title: 'Test message of Nunchi',
      lines: ['This is a test.'],
    });
    expect(textOf({ ...none, kind: 'notice', text: null }).lines).toEqual(['Nothing more is known.']);
  });

  it('keep each line one line, without anything that turns it around, and short', () => {
    const { title, lines } = messageText(alertMessage({ ...hostile, label: 'l'.repeat(500) }), undefined);
    for (const line of [title, ...lines]) expect(line).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
    expect(title).toHaveLength(200);
    expect(title.endsWith('…')).toBe(true);
    const long = messageText(alertMessage({ summary: 's'.repeat(5_000) }), undefined);
    expect(long.lines[0]).toHaveLength(1_000);
  });

  it('fill the link with what is safe in an address', () => {
    const { link } = messageText(
      alertMessage({ label: 'a/b?c#d' }),
      'https://nunchi.example/{{event_id}}?label={{label}}',
    );
    expect(link).toBe(`https://nunchi.example/${door.id}?label=a%2Fb%3Fc%23d`);
  });
});
