import { describe, expect, it } from 'vitest';
import { alertsConfig, refused } from '../../test/support/alert-rig.js';
import { systemClock } from '../clock.js';
import { runAlerts } from './alerts-command.js';
import type { AlertMessage, Channel } from './channel.js';

const config = alertsConfig({ phone: {}, mail: { enabled: false } }, { allow_targets: ['10.0.0.5'] });

function setUp(send: Channel['send'] = () => Promise.resolve()) {
  const sent: AlertMessage[] = [];
  const opened: unknown[] = [];
  let text = '';
  let isClosed = false;
  const host = {
    clock: systemClock,
    result: { write: (part: string) => (text += part) },
    open: (name: string, _config: unknown, allowTargets: readonly string[]): Channel => {
      opened.push([name, allowTargets]);
      return {
        send: (message, signal) => {
          sent.push(message);
          return send(message, signal);
        },
        close: () => {
          isClosed = true;
          return Promise.resolve();
        },
      };
    },
  };
  return { host, sent, opened, said: () => text, isClosed: () => isClosed };
}

describe('nunchi alerts', () => {
  it('lists the channels', async () => {
    const { host, said } = setUp();
    await runAlerts({ type: 'list' }, config, host);
    expect(said()).toBe('phone  ntfy\nmail   ntfy (off)\n');
  });

  it.each(['phone', 'mail'])('tests %s, and says what came of it', async (channel) => {
    const { host, sent, opened, said, isClosed } = setUp();
    await runAlerts({ type: 'test', channel }, config, host);
    expect(sent).toMatchObject([
      { heldBack: 0, alert: { kind: 'test', text: expect.stringContaining(channel) as unknown } },
    ]);
    expect(opened).toEqual([[channel, ['10.0.0.5']]]);
    expect(said()).toMatch(new RegExp(`^sent: channel ${channel} took the test message in \\d+ ms\n$`));
    expect(isClosed()).toBe(true);
  });

  it('fails as the channel does, and closes it', async () => {
    const { host, isClosed } = setUp(() => Promise.reject(refused()));
    await expect(runAlerts({ type: 'test', channel: 'phone' }, config, host)).rejects.toMatchObject({
      code: 'alert.delivery_failed',
    });
    expect(isClosed()).toBe(true);
  });

  it.each(['fax', 'toString'])('names the channels there are instead of %s', async (channel) => {
    const { host, opened } = setUp();
    await expect(runAlerts({ type: 'test', channel }, config, host)).rejects.toThrow('there are phone, mail');
    expect(opened).toEqual([]);
  });
});
