import { describe, expect, it } from 'vitest';
import { anomalyEvent } from '../../test/support/anomaly-event.js';
import type { AnomalyEvent } from '../event.js';
import { EventFeedback } from './event-feedback.js';

const pattern = Buffer.from(Float32Array.of(0.5, 2).buffer).toString('base64');

function setUp(...events: AnomalyEvent[]) {
  const stored = new Map(events.map((event) => [event.id, event]));
  const asked: string[] = [];
  const told: AnomalyEvent[] = [];
  let gate = Promise.resolve();
  let release = (): void => undefined;
  const feedback = new EventFeedback({
    load: (id) => Promise.resolve(stored.get(id) ?? null),
    async store(event) {
      await gate;
      stored.set(event.id, event);
    },
    calibrations: {
      forgive: (camera, sample) =>
        Promise.resolve(void asked.push(`${camera} forgives ${sample.join(', ')}`)),
      unforgive: (camera, sample) => Promise.resolve(void asked.push(`${camera} keeps ${sample.join(', ')}`)),
    },
    onGiven: (event) => told.push(event),
  });
  const hold = (): void => {
    gate = new Promise((resolve) => (release = resolve));
  };
  return {
    feedback,
    stored,
    asked,
    told,
    hold,
    release: () => {
      release();
    },
  };
}

describe('feedback', () => {
  it('is stored with its event, in place of what was said before, and told', async () => {
    const event = anomalyEvent({ data: { last_seen: 1 } });
    const { feedback, stored, told } = setUp(event);
    await feedback.give(event.id, { verdict: 'false_alarm', note: 'the cat' });
    expect(stored.get(event.id)?.data).toEqual({
      last_seen: 1,
      feedback: 'false_alarm',
      feedback_note: 'the cat',
    });
    const given = await feedback.give(event.id, { verdict: 'right' });
    expect(given).toEqual({ ...event, data: { last_seen: 1, feedback: 'right' } });
    expect(stored.get(event.id)).toEqual(given);
    expect(told.at(-1)).toEqual(given);
  });

  it('stays with an event whose verdict comes after its end', async () => {
    const event = anomalyEvent({ state: 'ended', data: {} });
    const { feedback, stored } = setUp();
    await feedback.append(event, false);
    await feedback.give(event.id, { verdict: 'right' });
    await feedback.append({ ...event, verdict: 'confirmed' }, true);
    expect(stored.get(event.id)).toMatchObject({ verdict: 'confirmed', data: { feedback: 'right' } });
  });

  it('has the camera forgive the pattern of a false alarm, and keep it again when it was right', async () => {
    const event = anomalyEvent({ data: { pattern } });
    const { feedback, asked } = setUp(event);
    await feedback.give(event.id, { verdict: 'false_alarm' });
    await feedback.give(event.id, { verdict: 'right' });
    expect(asked).toEqual(['gate forgives 0.5, 2', 'gate keeps 0.5, 2']);
  });

  it.each([[undefined], ['rubbish'], [1]])('does without a pattern: %s', async (damaged) => {
    const event = anomalyEvent({ data: damaged === undefined ? {} : { pattern: damaged } });
    const { feedback, asked } = setUp(event);
    expect((await feedback.give(event.id, { verdict: 'false_alarm' })).data['feedback']).toBe('false_alarm');
    expect(asked).toEqual([]);
  });

  it('on an event that goes on stays with it to its end', async () => {
    const { feedback, stored } = setUp();
    const event = anomalyEvent({ state: 'new', end_time: null, data: {} });
    await feedback.append(event, false);
    await feedback.give(event.id, { verdict: 'right', note: 'a burglar' });
    await feedback.append({ ...event, state: 'ended', end_time: 5, data: { last_seen: 5 } }, true);
    expect(stored.get(event.id)).toMatchObject({
      state: 'ended',
      data: { last_seen: 5, feedback: 'right', feedback_note: 'a burglar' },
    });
  });

  it('does not undo a state that waits for the disk', async () => {
    const event = anomalyEvent({ state: 'new', end_time: null });
    const { feedback, stored, hold, release } = setUp(event);
    hold();
    const ending = feedback.append({ ...event, state: 'ended', end_time: 5 }, true);
    const giving = feedback.give(event.id, { verdict: 'right' });
    release();
    await Promise.all([ending, giving]);
    expect(stored.get(event.id)).toMatchObject({ state: 'ended', data: { feedback: 'right' } });
  });

  it('is for events that there are', async () => {
    const { feedback } = setUp();
    await expect(feedback.give('none', { verdict: 'right' })).rejects.toMatchObject({
      code: 'event.not_found',
    });
  });
});
