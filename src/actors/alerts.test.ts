import { describe, expect, it } from 'vitest';
import { anomalyEvent } from '../../test/support/anomaly-event.js';
import { SimulatedClock } from '../../test/support/simulated-clock.js';
import { AppError } from '../errors.js';
import type { Alert } from '../event.js';
import { Alerts } from './alerts.js';

function setUp(store = new Map<string, unknown>()) {
  const clock = new SimulatedClock();
  const delivered: Alert[] = [];
  const savedBeforeDelivery: unknown[] = [];
  let failSaves = false;
  const failures: AppError[] = [];
  const alerts = new Alerts({
    policy: { dedupMs: 15_000, digestMs: 60_000, rules: [] },
    clock,
    loadState: (key) => Promise.resolve(store.get(key)),
    saveState(key, value) {
      if (failSaves) return Promise.reject(new AppError('store.write_failed', 'disk full'));
      store.set(key, structuredClone(value));
      return Promise.resolve();
    },
    deliver(alert) {
      savedBeforeDelivery.push(structuredClone(store.get('alerts')));
      delivered.push(alert);
    },
    onSaveFailure: (error) => failures.push(error),
    onDecision: () => undefined,
  });
  const breakDisk = (): void => {
    failSaves = true;
  };
  return { clock, delivered, savedBeforeDelivery, alerts, store, failures, breakDisk };
}

describe('Alerts', () => {
  it('saves an alert before it delivers it, and clears it afterwards', async () => {
    const { alerts, clock, delivered, savedBeforeDelivery, store } = setUp();
    await alerts.start();
    await alerts.consider(anomalyEvent({ severity: 'high' }));
    await clock.advance(0);
    expect(delivered).toHaveLength(1);
    expect(savedBeforeDelivery[0]).toMatchObject({ outbox: [{ id: delivered[0]?.id }] });
    expect(store.get('alerts')).toMatchObject({ outbox: [] });
  });

  it('sends the digest a minute after its first event, once', async () => {
    const { alerts, clock, delivered } = setUp();
    await alerts.start();
    await alerts.consider(anomalyEvent({ camera: 'gate', severity: 'low' }));
    await clock.advance(30_000);
    await alerts.consider(anomalyEvent({ camera: 'yard', severity: 'medium' }));
    await clock.advance(29_000);
    expect(delivered).toHaveLength(0);
    await clock.advance(120_000);
    expect(delivered).toMatchObject([{ kind: 'digest', count: 2, severity: 'medium' }]);
  });

  it('a digest that a restart interrupted is sent by the next run, and a crash in mid-delivery delivers again', async () => {
    const first = setUp();
    const child = await first.alerts.start();
    await first.alerts.consider(anomalyEvent({ severity: 'low' }));
    await first.clock.advance(1_000);
    await child.stop(1_000);
    const second = setUp(first.store);
    await second.alerts.start();
    await second.clock.advance(61_000);
    expect(second.delivered).toMatchObject([{ kind: 'digest', count: 1 }]);

    const third = setUp();
    await third.alerts.start();
    await third.alerts.consider(anomalyEvent({ severity: 'critical' }));
    await third.clock.advance(0);
    const crashed = setUp(new Map([['alerts', third.savedBeforeDelivery[0]]]));
    await crashed.alerts.start();
    expect(crashed.delivered.map(({ id }) => id)).toEqual(third.delivered.map(({ id }) => id));
  });

  it('alerts all the same when its state cannot be saved', async () => {
    const { alerts, clock, delivered, failures, breakDisk } = setUp();
    await alerts.start();
    breakDisk();
    await alerts.consider(anomalyEvent({ severity: 'high' }));
    await clock.advance(0);
    expect(delivered).toHaveLength(1);
    expect(failures[0]?.code).toBe('store.write_failed');
  });
});
