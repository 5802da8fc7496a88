import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  advanceConnection,
  initialConnection,
  type Connection,
  type ConnectionEvent,
} from './camera-state.js';

const error = { code: 'camera.open_failed', message: 'refused', data: {} } as const;

function run(events: readonly ConnectionEvent[]): Connection {
  return events.reduce(advanceConnection, initialConnection);
}

describe('advanceConnection', () => {
  it('first connect and reconnect go the same way', () => {
    const attempt: ConnectionEvent[] = [{ type: 'connecting' }, { type: 'failed', nowMs: 1, error }];
    expect(run(attempt)).toMatchObject({ state: 'backing_off', failures: 1, lastError: error });
    const streamed: ConnectionEvent[] = [{ type: 'connecting' }, { type: 'opened', nowMs: 0 }];
    expect(run([...streamed, { type: 'failed', nowMs: 20_000, error }])).toMatchObject({
      state: 'backing_off',
      failures: 1,
    });
  });

  it('is stalled after 5 s without a packet, and streaming again at the next', () => {
    const silent: ConnectionEvent[] = [
      { type: 'opened', nowMs: 0 },
      { type: 'progress', nowMs: 1_000 },
      { type: 'tick', nowMs: 5_999 },
    ];
    expect(run(silent).state).toBe('streaming');
    expect(run([...silent, { type: 'tick', nowMs: 6_000 }]).state).toBe('stalled');
    expect(run([...silent, { type: 'tick', nowMs: 6_000 }, { type: 'progress', nowMs: 6_100 }]).state).toBe(
      'streaming',
    );
  });

  it('starts over with the delays only after a stream that ran well', () => {
    const flap: ConnectionEvent[] = [
      { type: 'connecting' },
      { type: 'opened', nowMs: 0 },
      { type: 'failed', nowMs: 500, error },
    ];
    expect(run([...flap, ...flap, ...flap]).failures).toBe(3);
    expect(
      run([...flap, ...flap, { type: 'opened', nowMs: 0 }, { type: 'failed', nowMs: 10_000, error }])
        .failures,
    ).toBe(1);
  });

  it('only claims to stream while connected, whatever the order of events', () => {
    const nowMs = fc.nat(100_000);
    const event = fc.oneof(
      fc.constant<ConnectionEvent>({ type: 'connecting' }),
      nowMs.map((now): ConnectionEvent => ({ type: 'opened', nowMs: now })),
      nowMs.map((now): ConnectionEvent => ({ type: 'progress', nowMs: now })),
      nowMs.map((now): ConnectionEvent => ({ type: 'tick', nowMs: now })),
      nowMs.map((now): ConnectionEvent => ({ type: 'failed', nowMs: now, error })),
      fc.constant<ConnectionEvent>({ type: 'quarantined', error }),
      fc.constant<ConnectionEvent>({ type: 'stopped' }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 50 }), (events) => {
        const { state, streamingSinceMs } = run(events);
        if (state === 'streaming' || state === 'stalled') expect(streamingSinceMs).not.toBeNull();
        if (state === 'backing_off' || state === 'quarantined' || state === 'stopped')
          expect(streamingSinceMs).toBeNull();
      }),
    );
  });

  it('that is paused stays so until it is started over, whatever its thread still says', () => {
    const error = { code: 'camera.stalled', message: 'silent', data: {} } as const;
    const broken = advanceConnection(initialConnection, { type: 'failed', nowMs: 0, error });
    const paused = advanceConnection(broken, { type: 'paused' });
    expect(paused).toMatchObject({ state: 'paused', failures: 0, lastError: null });
    const events: ConnectionEvent[] = [
      { type: 'connecting' },
      { type: 'opened', nowMs: 1 },
      { type: 'progress', nowMs: 1 },
      { type: 'failed', nowMs: 1, error },
      { type: 'quarantined', error },
      { type: 'stopped' },
    ];
    for (const event of events) expect(advanceConnection(paused, event)).toBe(paused);
    expect(advanceConnection(paused, { type: 'startedOver' })).toBe(initialConnection);
  });
});
