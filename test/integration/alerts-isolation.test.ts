import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChannelState } from '../../src/alerting/alert-desk.js';
import { AlertReceiver, closedPort } from '../support/alert-receiver.js';
import { eventually, Product, temporaryDir } from '../support/product.js';

const LABELS = ['first', 'second', 'third'];
const RETRY_AFTER_S = 3;
/** Far less than the pause after a failure, and than the time that a receiver is waited for. */
const AT_ONCE_MS = 2_000;

let receiver: AlertReceiver;
let product: Product;
let writtenBytes = 0;
/** When each event was durable, by its label. */
const reportedMs = new Map<string, number>();

beforeAll(async () => {
  const dir = temporaryDir('isolation');
  receiver = new AlertReceiver();
  const [port, closed] = [await receiver.listen(), await closedPort()];
  const webhook = (url: string) => ({ type: 'webhook', url, secret: receiver.secret, timeout_s: 2 });
  const here = (name: string) => webhook(`http://127.0.0.1:${port}/${name}`);
  const config = {
    cameras: { gate: { url: `rtsp://127.0.0.1:${closed}/` } },
    vlm: { enabled: false },
    agent: { enabled: false },
    alerts: {
      allow_targets: ['127.0.0.1'],
      channels: {
        hanging: here('hanging'),
        dead: webhook(`http://127.0.0.1:${closed}/`),
        failing: here('failing'),
        busy: here('busy'),
        gone: here('gone'),
        moved: here('moved'),
        endless: here('endless'),
        loopback: webhook(`http://[::1]:${port}/loopback`),
        local: webhook('http://169.254.1.1/'),
        metadata: webhook('http://169.254.169.254/latest/meta-data'),
        good: here('good'),
      },
    },
  };
  answerInEachWay();
  const file = path.join(dir, 'config.yaml');
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  product = await Product.start(['--config', file, '--data-dir', path.join(dir, 'data')]);
  for (const label of LABELS) {
    const { response } = await product.api.POST('/api/events', {
      body: { camera: 'gate', label, severity: 'critical' },
    });
    expect(response.status).toBe(201);
    reportedMs.set(label, performance.now());
  }
});

afterAll(async () => {
  await product.stop();
  receiver.close();
});

function answerInEachWay(): void {
  const { answers } = receiver;
  const once = (status: number, headers: Record<string, string>) => {
    let isFirst = true;
    return (reply: { writeHead(status: number, headers: Record<string, string>): { end(): unknown } }) => {
      reply.writeHead(isFirst ? status : 200, isFirst ? headers : {}).end();
      isFirst = false;
    };
  };
  answers.set('/hanging', () => undefined);
  answers.set('/failing', once(500, {}));
  answers.set('/busy', once(429, { 'retry-after': String(RETRY_AFTER_S) }));
  answers.set('/gone', (reply) => reply.writeHead(410).end());
  answers.set('/moved', (reply) => reply.writeHead(307, { location: '/stolen' }).end());
  answers.set('/endless', (reply) => {
    const chunk = Buffer.alloc(16_384);
    const more = (): void => {
      do writtenBytes += chunk.length;
      while (!reply.destroyed && reply.write(chunk));
      reply.once('drain', more);
    };
    more();
  });
}

const labelsOf = (name: string): string[] =>
  receiver.of(`/${name}`).flatMap(({ body }) => body.data.events.map(({ label }) => label));

/** Once the channel has told every event, whichever way. */
const allToldBy = (name: string): Promise<true> =>
  eventually(
    () => Promise.resolve(LABELS.every((label) => labelsOf(name).includes(label)) || undefined),
    `all events over ${name} in\n${product.log}`,
    30_000,
  );

async function channel(name: string): Promise<ChannelState> {
  const found = (await product.channels()).find((state) => state.name === name);
  if (found === undefined) throw new Error(`there is no channel ${name}`);
  return found;
}

const untilIs = (name: string, isSo: (state: ChannelState) => boolean): Promise<ChannelState> =>
  eventually(
    async () => {
      const state = await channel(name);
      return isSo(state) ? state : undefined;
    },
    `channel ${name} in\n${product.log}`,
    30_000,
  );

/** Until every event was taken, and nothing waits any more. */
const untilDone = (name: string): Promise<ChannelState> =>
  untilIs(name, ({ sent, waiting }) => sent >= LABELS.length && waiting === 0);

describe('one of many channels', () => {
  it('is told of each event at once, whatever becomes of the others', async () => {
    await allToldBy('good');
    for (const { body, atMs } of receiver.of('/good'))
      for (const { label } of body.data.events)
        expect(atMs - (reportedMs.get(label) ?? 0)).toBeLessThan(AT_ONCE_MS);
  });

  it('that failed has each message again, under its id', async () => {
    expect((await untilDone('failing')).state).toBe('ready');
    // The notice that another channel is gone has no events.
    const messages = receiver.of('/failing').filter(({ body }) => body.data.events.length > 0);
    const again = messages.filter(({ id }) => id === messages[0]?.id);
    expect(again).toHaveLength(2);
    expect(again[1]?.body).toEqual(again[0]?.body);
    expect(new Set(messages.map(({ id }) => id)).size).toBe(LABELS.length);
  });

  it('that is told to wait is left alone for so long, by what is critical too', async () => {
    await untilDone('busy');
    const [first, second] = receiver.of('/busy');
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(RETRY_AFTER_S * 1_000 - 50);
  });

  it('that is gone is asked once and disabled, and the others are told', async () => {
    const state = await untilIs('gone', ({ state }) => state === 'disabled');
    expect(state.disabled_reason).toContain('410');
    expect(receiver.of('/gone')).toHaveLength(1);
    const notices = await eventually(
      () => {
        const told = receiver.of('/good').filter(({ body }) => body.data.kind === 'notice');
        return Promise.resolve(told.length > 0 ? told : undefined);
      },
      'a notice',
      10_000,
    );
    expect(notices[0]?.body.data.message).toContain('gone');
  });

  it('that answers by a redirect is not followed', async () => {
    const { last_error } = await untilIs('moved', ({ last_error }) => last_error !== null);
    expect(last_error).toContain('redirect');
    expect(receiver.of('/stolen')).toEqual([]);
  });

  it('that answers without end has taken the message, and is not listened to', async () => {
    await untilDone('endless');
    expect(new Set(receiver.of('/endless').map(({ id }) => id)).size).toBe(receiver.of('/endless').length);
    // What the sockets hold comes on top of the 64 KiB that are read of each.
    expect(writtenBytes).toBeLessThan(receiver.of('/endless').length * 16 * 1_048_576);
  });

  it.each(['hanging', 'dead'])('that is %s keeps what waits for it', async (name) => {
    const state = await untilIs(name, ({ last_error }) => last_error !== null);
    expect(state.state).toBe('failing');
    expect(state.waiting).toBeGreaterThanOrEqual(LABELS.length);
  });

  it.each(['loopback', 'local', 'metadata'])('that leads inside is not asked: %s', async (name) => {
    const { last_error } = await untilIs(name, ({ last_error }) => last_error !== null);
    expect(last_error).toContain('alerts.allow_targets');
    expect(receiver.of(`/${name}`)).toEqual([]);
    const { response } = await product.api.POST('/api/alerts/channels/{name}/test', {
      params: { path: { name } },
    });
    expect(response.status).toBe(503);
  });

  it('has what became of each alert in its record', async () => {
    const alerts = (await product.alerts()).filter(({ kind }) => kind === 'immediate');
    expect(alerts.map(({ events }) => events[0]?.label).sort()).toEqual([...LABELS].sort());
    for (const { deliveries } of alerts)
      expect(Object.fromEntries(deliveries.map(({ channel, status }) => [channel, status]))).toMatchObject({
        good: 'sent',
        failing: 'sent',
        busy: 'sent',
        endless: 'sent',
        dead: 'pending',
        hanging: 'pending',
      });
  });
});
