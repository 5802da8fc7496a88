import { describe, expect, it } from 'vitest';
import { anomalyEvent } from '../test/support/anomaly-event.js';
import { envelope, lateEnvelope } from './event-envelope.js';

const going = anomalyEvent({ state: 'new', end_time: null });
const ended = { ...going, state: 'ended' as const, end_time: 5 };

describe('the envelope of a change', () => {
  it.each([
    ['its first state', null, going, 'new'],
    ['its first state, when it is over already', null, ended, 'new'],
    ['a verdict', going, { ...going, verdict: 'confirmed' as const }, 'update'],
    ['the end', going, ended, 'end'],
    ['what is learned after the end', ended, { ...ended, kept: true }, 'update'],
  ])('of an event says what it is: %s', (_what, before, after, type) => {
    expect(envelope(before, after)).toEqual({ type, before, after });
  });

  it.each([
    [going, 'new'],
    [ended, 'end'],
  ])('that comes late has nothing before it', (after, type) => {
    expect(lateEnvelope(after)).toEqual({ type, before: null, after });
  });
});
