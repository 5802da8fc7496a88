import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anomalyEvent } from '../../../test/support/anomaly-event.js';
import type { AnomalyEvent } from '../../event.js';
import { EventMarks } from './event-marks.js';

const pattern = Buffer.from(Float32Array.of(0.5, 2).buffer).toString('base64');

function setUp(...events: AnomalyEvent[]) {
  const stored = new Map(events.map((event) => [event.id, event]));
  const asked: string[] = [];
  /** Each state that was stored, with the one before it. */
  const states: [AnomalyEvent | null, AnomalyEvent][] = [];
  let gate = Promise.resolve();
  let release = (): void => undefined;
  const marks = new EventMarks({
    load: (id) => Promise.resolve(stored.get(id) ?? null),
    async store(event, before) {
      await gate;
      stored.set(event.id, event);
      states.push([before, event]);
    },
    calibrations: {
      forgive: (camera, sample) =>
        Promise.resolve(void asked.push(`${camera} forgives ${sample.join(', ')}`)),
      unforgive: (camera, sample) => Promise.resolve(void asked.push(`${camera} keeps ${sample.join(', ')}`)),
    },
  });
  const hold = (): void => {
    gate = new Promise((resolve) => (release = resolve));
  };
  return {
    marks,
    stored,
    asked,
    states,
    hold,
    release: () => {
      release();
    },
  };
}

describe('feedback', () => {
  it('is stored with its event, in place of what was said before', async () => {
    const event = anomalyEvent({ data: { last_seen: 1 } });
    const { marks, stored, states } = setUp(event);
    await marks.give(event.id, { verdict: 'false_alarm', note: 'the cat' });
    expect(stored.get(event.id)?.data).toEqual({
      last_seen: 1,
      feedback: 'false_alarm',
      feedback_note: 'the cat',
    });
    const given = await marks.give(event.id, { verdict: 'right' });
    expect(given).toEqual({ ...event, data: { last_seen: 1, feedback: 'right' } });
    expect(stored.get(event.id)).toEqual(given);
    expect(states.at(-1)?.[1]).toEqual(given);
  });

  it('stays with an event whose verdict comes after its end', async () => {
    const event = anomalyEvent({ state: 'ended', data: {} });
    const { marks, stored } = setUp();
    await marks.append(event, false);
    await marks.give(event.id, { verdict: 'right' });
    await marks.append({ ...event, verdict: 'confirmed' }, true);
    expect(stored.get(event.id)).toMatchObject({ verdict: 'confirmed', data: { feedback: 'right' } });
  });

  it('has the camera forgive the pattern of a false alarm, and keep it again when it was right', async () => {
    const event = anomalyEvent({ data: { pattern } });
    const { marks, asked } = setUp(event);
    await marks.give(event.id, { verdict: 'false_alarm' });
    await marks.give(event.id, { verdict: 'right' });
    expect(asked).toEqual(['gate forgives 0.5, 2', 'gate keeps 0.5, 2']);
  });

  it.each([[undefined], ['rubbish'], [1]])('does without a pattern: %s', async (damaged) => {
    const event = anomalyEvent({ data: damaged === undefined ? {} : { pattern: damaged } });
    const { marks, asked } = setUp(event);
    expect((await marks.give(event.id, { verdict: 'false_alarm' })).data['feedback']).toBe('false_alarm');
    expect(asked).toEqual([]);
  });

  it('on an event that goes on stays with it to its end', async () => {
    const { marks, stored } = setUp();
    const event = anomalyEvent({ state: 'new', end_time: null, data: {} });
    await marks.append(event, false);
    await marks.give(event.id, { verdict: 'right', note: 'a burglar' });
    await marks.append({ ...event, state: 'ended', end_time: 5, data: { last_seen: 5 } }, true);
    expect(stored.get(event.id)).toMatchObject({
      state: 'ended',
      data: { last_seen: 5, feedback: 'right', feedback_note: 'a burglar' },
    });
  });

  it('does not undo a state that waits for the disk', async () => {
    const event = anomalyEvent({ state: 'new', end_time: null });
    const { marks, stored, hold, release } = setUp(event);
    hold();
    const ending = marks.append({ ...event, state: 'ended', end_time: 5 }, true);
    const giving = marks.give(event.id, { verdict: 'right' });
    release();
    await Promise.all([ending, giving]);
    expect(stored.get(event.id)).toMatchObject({ state: 'ended', data: { feedback: 'right' } });
  });

  it('is for events that there are', async () => {
    const { marks } = setUp();
    await expect(marks.give('none', { verdict: 'right' })).rejects.toMatchObject({
      code: 'event.not_found',
    });
  });

  it('is withdrawn, and its camera learns the pattern again', async () => {
    const event = anomalyEvent({ data: { pattern, last_seen: 1 } });
    const { marks, stored, asked } = setUp(event);
    await marks.give(event.id, { verdict: 'false_alarm', note: 'the cat' });
    expect(await marks.withdraw(event.id)).toEqual(event);
    expect(stored.get(event.id)).toEqual(event);
    expect(asked).toEqual(['gate forgives 0.5, 2', 'gate keeps 0.5, 2']);
  });

  it('is withdrawn once, and needs nothing stored where there is none', async () => {
    const event = anomalyEvent({ data: { pattern, feedback: 'right' } });
    const { marks, states, asked } = setUp(event);
    await marks.withdraw(event.id);
    await marks.withdraw(event.id);
    expect(states).toHaveLength(1);
    expect(asked).toEqual([]);
  });
});

describe('an event to keep', () => {
  it('is marked once, however often somebody asks', async () => {
    const event = anomalyEvent();
    const { marks, stored, states } = setUp(event);
    expect((await marks.keep(event.id, true)).kept).toBe(true);
    await marks.keep(event.id, true);
    expect(states).toEqual([[event, { ...event, kept: true }]]);
    await marks.keep(event.id, false);
    expect(stored.get(event.id)).toEqual(event);
  });

  it('stays one to its end', async () => {
    const { marks, stored } = setUp();
    const event = anomalyEvent({ state: 'new', end_time: null });
    await marks.append(event, false);
    await marks.keep(event.id, true);
    await marks.append({ ...event, state: 'ended', end_time: 5 }, true);
    expect(stored.get(event.id)).toMatchObject({ state: 'ended', kept: true });
  });

  it('has to be there', async () => {
    const { marks } = setUp();
    await expect(marks.keep('none', true)).rejects.toMatchObject({ code: 'event.not_found' });
  });

  it('gets a clip after its last state', async () => {
    const event = anomalyEvent({ kept: true, data: { feedback: 'right' } });
    const { marks, stored } = setUp(event);
    await marks.clipSaved(event.id, { codec: 'h264', seconds: 10 });
    const data = { feedback: 'right', clip_codec: 'h264', clip_seconds: 10 };
    expect(stored.get(event.id)).toEqual({ ...event, has_clip: true, data });
  });

  it('loses its clip, but nothing else', async () => {
    const event = anomalyEvent({ has_clip: true });
    const { marks, stored, states } = setUp(event);
    await marks.clipRemoved(event.id);
    await marks.clipRemoved(event.id);
    expect(stored.get(event.id)).toEqual({ ...event, has_clip: false });
    expect(states).toHaveLength(1);
  });
});

describe('changes of an event', () => {
  it('made at once do not undo each other', async () => {
    const event = anomalyEvent({ data: {} });
    const { marks, stored } = setUp(event);
    await Promise.all([
      marks.keep(event.id, true),
      marks.give(event.id, { verdict: 'right' }),
      marks.clipRemoved(event.id),
    ]);
    expect(stored.get(event.id)).toEqual({ ...event, kept: true, data: { feedback: 'right' } });
  });

  it('each follow the state before, whoever made it', async () => {
    const { marks, states } = setUp();
    const event = anomalyEvent({ state: 'new', end_time: null, data: {} });
    await marks.append(event, false);
    const kept = await marks.keep(event.id, true);
    await marks.append({ ...event, state: 'ended', end_time: 5 }, true);
    const ended = { ...event, state: 'ended', end_time: 5, kept: true };
    const right = await marks.give(event.id, { verdict: 'right' });
    expect(states).toEqual([
      [null, event],
      [event, kept],
      [kept, ended],
      [ended, right],
    ]);
  });

  it('lose no mark and no state, in whatever order they come and the disk takes them', async () => {
    const act = fc.constantFrom('keep', 'let go', 'right', 'wrong', 'withdraw', 'recorded', 'turn');
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 20 }), async (acts) => {
        const { marks, stored, states } = setUp();
        const event = anomalyEvent({ state: 'new', end_time: null, data: {} });
        const underWay: Promise<unknown>[] = [marks.append(event, false)];
        const expected = { kept: false, feedback: undefined as string | undefined };
        const change = (run: () => Promise<unknown>, mark: Partial<typeof expected>): void => {
          underWay.push(run());
          Object.assign(expected, mark);
        };
        for (const [place, step] of acts.entries()) {
          if (step === 'keep') change(() => marks.keep(event.id, true), { kept: true });
          if (step === 'let go') change(() => marks.keep(event.id, false), { kept: false });
          if (step === 'right')
            change(() => marks.give(event.id, { verdict: 'right' }), { feedback: 'right' });
          if (step === 'wrong')
            change(() => marks.give(event.id, { verdict: 'false_alarm' }), { feedback: 'false_alarm' });
          if (step === 'withdraw') change(() => marks.withdraw(event.id), { feedback: undefined });
          if (step === 'recorded') underWay.push(marks.append({ ...event, top_score: place / 100 }, false));
          if (step === 'turn') await new Promise((resolve) => setImmediate(resolve));
        }
        await Promise.all(underWay);
        await marks.append({ ...event, state: 'ended', end_time: 5 }, true);
        const { kept, data } = stored.get(event.id) ?? event;
        expect({ kept, feedback: data['feedback'] }).toEqual(expected);
        for (const [place, [before]] of states.entries())
          expect(before).toEqual(states[place - 1]?.[1] ?? null);
      }),
    );
  });
});
