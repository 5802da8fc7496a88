/** `nunchi alerts`: which channels there are, and whether one works. */
import { v7 as uuid } from 'uuid';
import type { AlertsConfig } from './alerts-config.js';
import type { AlertsRequest } from './alerts-options.js';
import type { ChannelConfig } from './channel-config.js';
import type { Clock } from '../clock.js';
import { AppError } from '../errors.js';
import { MS_PER_S } from '../units.js';
import type { Channel } from './channel.js';
import { notice } from './tell.js';

export interface AlertsHost {
  clock: Clock;
  result: { write(text: string): unknown };
  /** Opens a channel to whatever `allowTargets` lets it reach. */
  open: (name: string, config: ChannelConfig, allowTargets: readonly string[]) => Channel;
}

/** Throws `config.invalid` for a channel that is not configured, and what the channel throws. */
export async function runAlerts(
  request: AlertsRequest,
  config: AlertsConfig,
  host: AlertsHost,
): Promise<void> {
  switch (request.type) {
    case 'list':
      host.result.write(listing(config));
      return;
    case 'test':
      await testChannel(request.channel, config, host);
      return;
  }
}

function listing({ channels }: AlertsConfig): string {
  const names = Object.keys(channels);
  if (names.length === 0) return 'no channels: add one under alerts.channels in the configuration\n';
  const width = Math.max(...names.map(({ length }) => length));
  return Object.entries(channels)
    .map(([name, { type, enabled }]) => `${name.padEnd(width)}  ${type}${enabled ? '' : ' (off)'}\n`)
    .join('');
}

/** Also one that is off: it may be off until it works. */
async function testChannel(
  name: string,
  { channels, allow_targets }: AlertsConfig,
  host: AlertsHost,
): Promise<void> {
  const config = Object.hasOwn(channels, name) ? channels[name] : undefined;
  if (config === undefined) throw unknownChannel(name, Object.keys(channels));
  const { clock, result, open } = host;
  const moment = { nowMs: clock.monotonicMs(), wallTime: clock.wallTime(), newId: () => uuid() };
  const alert = notice('test', `This is a test of the alert channel ${name}.`, moment);
  const message = { id: alert.id, alert, heldBack: 0, snapshot: () => Promise.resolve(null) };
  const channel = open(name, config, allow_targets);
  const enough = new AbortController();
  const cancel = clock.after(config.timeout_s * MS_PER_S, () => {
    enough.abort();
  });
  try {
    await channel.send(message, enough.signal);
  } finally {
    cancel();
    await channel.close();
  }
  const tookMs = Math.round(clock.monotonicMs() - moment.nowMs);
  result.write(`sent: channel ${name} took the test message in ${tookMs} ms\n`);
}

function unknownChannel(name: string, known: readonly string[]): AppError {
  const there = known.length === 0 ? 'there are none in alerts.channels' : `there are ${known.join(', ')}`;
  return new AppError('config.invalid', `there is no alert channel ${name}; ${there}`);
}
