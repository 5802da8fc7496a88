import { afterEach, describe, expect, it } from 'vitest';
import { AlertRig, alertsConfig, gone, refused } from '../../../test/support/alert-rig.js';
import { anomalyEvent } from '../../../test/support/anomaly-event.js';
import type { AlertQuery } from '../../alerting/alert-record.js';
import { AppError } from '../../errors.js';

const rigs: AlertRig[] = [];

async function started(rig: AlertRig): Promise<AlertRig> {
  rigs.push(rig);
  return rig.start();
}

afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.stop();
});

const all: AlertQuery = { scope: null, limit: 50 };
const listed = (rig: AlertRig) => rig.log.page(all).alerts;
const waiting = (rig: AlertRig) => rig.log.book().deliveries.map(({ id }) => id);

describe('Alerts', () => {
  it('makes decision, record and messages durable before anything is sent', async () => {
    const rig = await started(new AlertRig(alertsConfig({ phone: {}, mail: {} })));
    let atSend: unknown[] = [];
    rig.receive['phone'] = () => {
      atSend = [rig.log.book().state, listed(rig), waiting(rig).length];
      return 'takes';
    };
    await rig.alerts.consider(anomalyEvent({ severity: 'high', camera: 'gate' }));
    await rig.settle();
    expect(atSend).toMatchObject([
      { last: [{ key: 'gate\nanomaly' }] },
      [{ kind: 'immediate', deliveries: [{ status: 'pending' }, { status: 'pending' }] }],
      2,
    ]);
    expect(rig.delivered).toMatchObject([{ events: [{ camera_name: 'Camera gate', zones: ['door'] }] }]);
    expect(listed(rig)[0]?.deliveries).toMatchObject([
      { channel: 'phone', status: 'sent', attempts: 1, reason: null },
      { channel: 'mail', status: 'sent', attempts: 1, reason: null },
    ]);
    expect(waiting(rig)).toEqual([]);
  });

  it('sends the digest a minute after its first event, once, also when a restart came in between', async () => {
    const config = alertsConfig({ phone: {} });
    const first = await new AlertRig(config).start();
    await first.alerts.consider(anomalyEvent({ camera: 'gate', severity: 'low' }));
    await first.clock.advance(30_000);
    await first.alerts.consider(anomalyEvent({ camera: 'yard', severity: 'medium' }));
    await first.settle();
    await first.stop();
    const second = await started(new AlertRig(config, first.folder, first.clock));
    await second.clock.advance(29_000);
    expect(second.delivered).toHaveLength(0);
    await second.clock.advance(120_000);
    expect(second.sentTo('phone')).toMatchObject([
      { alert: { kind: 'digest', count: 2, severity: 'medium' } },
    ]);
    const snapshot = await second.sentTo('phone')[0]?.snapshot();
    expect(String(snapshot)).toBe(second.delivered[0]?.events[1]?.id);
  });

  it('says why there was no alert', async () => {
    const rules = [{ name: 'no dogs', labels: ['dog'], action: 'ignore' }];
    const rig = await started(
      new AlertRig(alertsConfig({ phone: { rules } }, { rules: [{ ...rules[0], labels: ['cat'] }] })),
    );
    await rig.alerts.consider(anomalyEvent({ severity: 'high', label: 'cat' }));
    await rig.alerts.consider(anomalyEvent({ severity: 'high', label: 'dog' }));
    await rig.alerts.consider(anomalyEvent({ severity: 'high', label: 'dog' }));
    await rig.clock.advance(2_000);
    expect(rig.decisions).toEqual(['suppressed', 'immediate', 'suppressed']);
    expect(listed(rig).map(({ kind, reason }) => [kind, reason])).toEqual([
      ['suppressed', 'duplicate'],
      ['immediate', null],
      ['suppressed', 'rule'],
    ]);
    expect(listed(rig)[1]?.deliveries).toMatchObject([{ status: 'held_back', reason: 'rule' }]);
    expect(rig.sentTo('phone')).toEqual([]);
    expect(rig.alerts.counters()).toMatchObject({ phone: { sent: 0, heldBack: { rule: 1 } } });
  });

  it('tells with the next message how many the cap kept back', async () => {
    const rig = await started(new AlertRig(alertsConfig({ phone: { max_per_hour: 1 } })));
    for (const camera of ['a', 'b', 'c'])
      await rig.alerts.consider(anomalyEvent({ severity: 'high', camera }));
    await rig.alerts.consider(anomalyEvent({ severity: 'critical', camera: 'd' }));
    await rig.settle();
    expect(rig.sentTo('phone').map(({ heldBack }) => heldBack)).toEqual([0, 2]);
  });

  it('alerts all the same when the disk refuses, and writes it down once the disk is back', async () => {
    const rig = await started(new AlertRig(alertsConfig({ phone: {} })));
    rig.disk = () => {
      throw new AppError('store.write_failed', 'disk full');
    };
    await rig.alerts.consider(anomalyEvent({ severity: 'high' }));
    await rig.settle();
    expect(rig.sentTo('phone')).toHaveLength(1);
    expect(rig.failures[0]?.code).toBe('store.write_failed');
    rig.disk = () => undefined;
    await rig.clock.advance(5_000);
    expect(listed(rig)).toMatchObject([{ deliveries: [{ status: 'sent' }] }]);
    expect(waiting(rig)).toEqual([]);
  });

  it('a message that a crash caught is sent again under the same id', async () => {
    const config = alertsConfig({ phone: {} });
    const crashed = await new AlertRig(config).start();
    crashed.receive['phone'] = () => 'hangs';
    await crashed.alerts.consider(anomalyEvent({ severity: 'high' }));
    await crashed.settle();
    await crashed.stop();
    const next = await started(new AlertRig(config, crashed.folder, crashed.clock));
    await next.settle();
    expect(next.sentTo('phone').map(({ id }) => id)).toEqual(crashed.sentTo('phone').map(({ id }) => id));
    expect(listed(next)[0]?.deliveries[0]).toMatchObject({ status: 'sent', attempts: 1 });
  });
});

describe('a channel', () => {
  it('that hangs or fails delays no other, and is tried again with growing pauses', async () => {
    const rig = await started(new AlertRig(alertsConfig({ dead: {}, slow: { timeout_s: 3 }, phone: {} })));
    rig.receive = { dead: () => refused(), slow: () => 'hangs' };
    await rig.alerts.consider(anomalyEvent({ severity: 'high', camera: 'a' }));
    await rig.alerts.consider(anomalyEvent({ severity: 'high', camera: 'b' }));
    await rig.settle();
    expect(rig.sentTo('phone')).toHaveLength(2);
    expect([rig.sentTo('dead').length, rig.sentTo('slow').length]).toEqual([1, 1]);
    await rig.clock.advance(60_000);
    const atMs = rig.attempts.filter(({ channel }) => channel === 'dead').map((attempt) => attempt.atMs);
    expect(atMs).toEqual([0, 5_000, 15_000, 35_000]);
    expect(rig.alerts.channels()).toMatchObject([
      { name: 'dead', state: 'failing', waiting: 2, retried: 4, last_error: 'the receiver answered 500' },
      { name: 'slow', state: 'failing' },
      { name: 'phone', state: 'ready', sent: 2 },
    ]);
    rig.receive = {};
    await rig.clock.advance(600_000);
    expect(rig.alerts.counters()).toMatchObject({ dead: { sent: 2, waiting: 0 }, slow: { sent: 2 } });
    expect(new Set(rig.sentTo('dead').map(({ id }) => id)).size).toBe(2);
  });

  it('is given up for a message after a day, with the reason', async () => {
    const rig = await started(new AlertRig(alertsConfig({ dead: {} })));
    rig.receive['dead'] = () => refused();
    await rig.alerts.consider(anomalyEvent({ severity: 'high' }));
    await rig.clock.advance(86_000_000 - 1_900_000);
    expect(rig.givenUp).toEqual([]);
    await rig.clock.advance(4_000_000);
    expect(rig.givenUp).toMatchObject([{ status: 'failed', reason: 'expired', last_error: /500/ }]);
    expect(listed(rig)[0]?.deliveries[0]).toMatchObject({ status: 'failed', reason: 'expired' });
    expect(rig.log.book().deliveries).toEqual([]);
    const pauses = rig.attempts.slice(1).map(({ atMs }, i) => atMs - (rig.attempts[i]?.atMs ?? 0));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(1_800_000);
  });

  it('is left alone for as long as its receiver wishes, a day at most, also across a restart', async () => {
    const config = alertsConfig({ phone: {} });
    const first = await new AlertRig(config).start();
    first.receive['phone'] = () => refused({ retry_after_s: 600 });
    await first.alerts.consider(anomalyEvent({ severity: 'high' }));
    await first.clock.advance(100_000);
    await first.stop();
    const second = await started(new AlertRig(config, first.folder, first.clock));
    await second.alerts.consider(anomalyEvent({ severity: 'critical', camera: 'yard' }));
    await second.clock.advance(499_000);
    expect(second.attempts).toEqual([]);
    await second.clock.advance(2_000);
    expect(second.sentTo('phone')).toHaveLength(2);
  });

  it('whose receiver is gone is disabled, the others are told, until its configuration changes', async () => {
    const config = alertsConfig({ old: {}, phone: {} });
    const first = await new AlertRig(config).start();
    first.receive['old'] = gone;
    await first.alerts.consider(anomalyEvent({ severity: 'high' }));
    await first.settle();
    expect(first.sentTo('phone')).toMatchObject([
      { alert: { kind: 'immediate' } },
      { alert: { kind: 'notice', text: /channel old is disabled/ } },
    ]);
    expect(first.alerts.channels()[0]).toMatchObject({ state: 'disabled', disabled_reason: /410/ });
    await first.stop();

    const second = await started(new AlertRig(config, first.folder, first.clock));
    await second.alerts.consider(anomalyEvent({ severity: 'high', camera: 'yard' }));
    await second.settle();
    expect(second.sentTo('old')).toEqual([]);
    expect(listed(second)[0]?.deliveries[0]).toMatchObject({ channel: 'old', reason: 'disabled' });
    await second.alerts.reconfigure(alertsConfig({ old: { topic: 'new' }, phone: {} }));
    expect(second.alerts.channels()[0]).toMatchObject({ state: 'ready' });
    await second.alerts.consider(anomalyEvent({ severity: 'high', camera: 'lane' }));
    await second.settle();
    expect(second.sentTo('old')).toHaveLength(1);
  });

  it('that was disabled works again once it is enabled', async () => {
    const rig = await started(new AlertRig(alertsConfig({ old: {} })));
    rig.receive['old'] = gone;
    await rig.alerts.consider(anomalyEvent({ severity: 'high' }));
    await rig.settle();
    rig.receive = {};
    expect(await rig.alerts.enable('old')).toMatchObject({ disabled_reason: null });
    await rig.alerts.consider(anomalyEvent({ severity: 'critical', camera: 'yard' }));
    await rig.settle();
    expect(rig.alerts.counters()).toMatchObject({ old: { sent: 1 } });
  });

  it('that could not tell of some events says of how many, also when it was opened anew or is gone', async () => {
    const rig = new AlertRig(alertsConfig({ home: {}, phone: {} }));
    rig.untold = 2;
    await started(rig);
    rig.untold = 3;
    await rig.alerts.reconfigure(alertsConfig({ home: { topic: 'other' }, phone: {} }));
    expect(rig.alerts.counters()).toMatchObject({ home: { eventsDropped: 5 }, phone: { eventsDropped: 2 } });
    expect(rig.alerts.channels().map(({ name, events_dropped: count }) => [name, count])).toEqual([
      ['home', 5],
      ['phone', 2],
    ]);
    await rig.alerts.reconfigure(alertsConfig({ phone: {} }));
    expect(rig.alerts.eventsDropped).toBe(7);
  });

  it('holds 1,000 messages, of which the oldest that is not critical gives way', async () => {
    const rig = await started(new AlertRig(alertsConfig({ dead: { max_per_hour: 10_000 } })));
    rig.receive['dead'] = () => refused({ retry_after_s: 3_600 });
    for (let i = 0; i < 1_003; i += 1)
      await rig.alerts.consider(anomalyEvent({ severity: i < 2 ? 'critical' : 'high', camera: `c${i}` }));
    await rig.settle();
    await rig.clock.advance(0);
    expect(rig.alerts.counters()).toMatchObject({ dead: { waiting: 1_000, dropped: 3, failed: 3 } });
    expect(rig.givenUp.map(({ reason }) => reason)).toEqual(['gave_way', 'gave_way', 'gave_way']);
    const left = rig.log.book().deliveries.map(({ alert }) => alert.events[0]?.camera);
    expect(left.slice(0, 3)).toEqual(['c0', 'c1', 'c5']);
  });

  it('is added, changed and removed without the others noticing', async () => {
    const rig = await started(new AlertRig(alertsConfig({ phone: {}, mail: {} })));
    rig.receive['mail'] = () => refused();
    await rig.alerts.consider(anomalyEvent({ severity: 'high' }));
    await rig.settle();
    rig.receive = {};
    await rig.alerts.reconfigure(alertsConfig({ phone: {}, mail: { topic: 'other' }, chat: {} }));
    expect(rig.opened).toEqual(['phone', 'mail', 'chat', 'mail']);
    expect(rig.closed).toEqual(['mail']);
    await rig.settle();
    expect(rig.alerts.counters()).toMatchObject({ mail: { sent: 1, retried: 1 }, chat: { sent: 0 } });
    rig.receive['chat'] = () => refused();
    await rig.alerts.consider(anomalyEvent({ severity: 'high', camera: 'yard' }));
    await rig.settle();
    await rig.alerts.reconfigure(alertsConfig({ phone: {} }));
    expect(rig.closed).toEqual(['mail', 'mail', 'chat']);
    expect(rig.givenUp).toMatchObject([{ channel: 'chat', reason: 'removed' }]);
    await rig.alerts.consider(anomalyEvent({ severity: 'high', camera: 'yard' }));
    await rig.settle();
    expect(rig.decisions.at(-1)).toBe('suppressed');
  });
});

describe('people', () => {
  it('snooze a channel, and mute a camera, for a while that a restart does not end', async () => {
    const config = alertsConfig({ phone: {}, mail: {} });
    const first = await new AlertRig(config).start();
    const until = first.clock.wallTime() + 600;
    expect(await first.alerts.snooze('phone', 10)).toMatchObject({ snoozed_until: until });
    expect(await first.alerts.mute('gate', null)).toEqual({ muted: true, muted_until: null });
    await first.stop();
    const rig = await started(new AlertRig(config, first.folder, first.clock));
    await rig.alerts.consider(anomalyEvent({ severity: 'critical', camera: 'gate' }));
    await rig.alerts.consider(anomalyEvent({ severity: 'critical', camera: 'yard' }));
    await rig.settle();
    expect(rig.sentTo('mail').map(({ alert }) => alert.events[0]?.camera)).toEqual(['yard']);
    expect(rig.sentTo('phone')).toEqual([]);
    await rig.clock.advance(600_001);
    expect(await rig.alerts.mute('gate', 0)).toEqual({ muted: false, muted_until: null });
    await rig.alerts.consider(anomalyEvent({ severity: 'critical', camera: 'gate' }));
    await rig.settle();
    expect(rig.sentTo('phone')).toHaveLength(1);
  });

  it('test a channel, past all that keeps it quiet', async () => {
    const rig = await started(new AlertRig(alertsConfig({ phone: {}, off: { enabled: false } })));
    await rig.alerts.snooze('phone', 10);
    expect(await rig.alerts.test('phone')).toBe(0);
    expect(rig.sentTo('phone')).toMatchObject([{ alert: { kind: 'test' } }]);
    rig.receive['phone'] = gone;
    await expect(rig.alerts.test('phone')).rejects.toMatchObject({ code: 'alert.channel_gone' });
    expect(rig.alerts.channels()[0]?.state).toBe('ready');
    await expect(rig.alerts.test('off')).rejects.toMatchObject({ code: 'alert.channel_off' });
    await expect(rig.alerts.test('toString')).rejects.toMatchObject({ code: 'alert.channel_not_found' });
    expect(listed(rig)).toEqual([]);
  });
});
