import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlertRecord } from '../../src/alerting/alert-record.js';
import type { Severity } from '../../src/event.js';
import { AlertReceiver, closedPort, type Received } from '../support/alert-receiver.js';
import { eventually, Product, temporaryDir } from '../support/product.js';

/** Long enough for a restart within it. */
const DEDUP_S = 8;

let receiver: AlertReceiver;
let product: Product;
let args: string[];

beforeEach(async () => {
  const dir = temporaryDir('alerts-restart');
  receiver = new AlertReceiver();
  const url = `http://127.0.0.1:${await receiver.listen()}/hook`;
  const config = {
    cameras: { gate: { url: `rtsp://127.0.0.1:${await closedPort()}/` } },
    vlm: { enabled: false },
    agent: { enabled: false },
    alerts: {
      dedup_s: DEDUP_S,
      allow_targets: ['127.0.0.1'],
      channels: { hook: { type: 'webhook', url, secret: receiver.secret } },
    },
  };
  const file = path.join(dir, 'config.yaml');
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  args = ['--config', file, '--data-dir', path.join(dir, 'data')];
  product = await Product.start(args);
});

afterEach(async () => {
  await product.stop();
  receiver.close();
});

async function killAndRestart(): Promise<void> {
  product.kill('SIGKILL');
  await product.exited;
  product = await Product.start(args);
}

/** Reports an event and returns what was decided about it. */
async function decided(severity: Severity): Promise<AlertRecord> {
  const { data } = await product.api.POST('/api/events', {
    body: { camera: 'gate', label: 'fall', severity },
  });
  return eventually(
    async () => {
      const alerts = await product.alerts();
      return alerts.find(({ events }) => events.some(({ id }) => id === data?.id));
    },
    `a decision in\n${product.log}`,
    5_000,
    20,
  );
}

/** Each message once, as its receiver would see to: a kill right after an answer has it sent again. */
function messages(count: number): Promise<Received[]> {
  const byId = () => [...new Map(receiver.received.map((message) => [message.id, message])).values()];
  return eventually(
    () => Promise.resolve(byId().length >= count ? byId() : undefined),
    `${count} messages in\n${product.log}`,
    20_000,
  );
}

const duplicate = { kind: 'suppressed', reason: 'duplicate' };
const immediate = { kind: 'immediate', reason: null };

describe('a process that was killed', () => {
  it('still knows what was told within the window, and lets what is more severe through', async () => {
    expect(await decided('high')).toMatchObject(immediate);
    const toldMs = performance.now();
    await messages(1);
    await killAndRestart();
    expect(await decided('high')).toMatchObject(duplicate);
    expect(performance.now() - toldMs).toBeLessThan(DEDUP_S * 1_000);
    expect(await decided('critical')).toMatchObject(immediate);
    const escalatedMs = performance.now();
    await killAndRestart();
    expect(await decided('critical')).toMatchObject(duplicate);
    await eventually(
      () => Promise.resolve(performance.now() - escalatedMs > DEDUP_S * 1_000 + 100 || undefined),
      'the end of the window',
      DEDUP_S * 2_000,
    );
    expect(await decided('critical')).toMatchObject(immediate);
    expect((await messages(3)).map(({ body }) => body.data.severity)).toEqual([
      'high',
      'critical',
      'critical',
    ]);
  }, 60_000);

  it('in mid-send sends the message again, under its id', async () => {
    const underWay = new Promise<Received>((resolve) => {
      // Without an answer: the process is killed meanwhile.
      receiver.answers.set('/hook', (_reply, message) => {
        resolve(message);
      });
    });
    await decided('critical');
    const interrupted = await underWay;
    receiver.answers.clear();
    await killAndRestart();
    await eventually(
      async () => {
        const alerts = await product.alerts();
        return alerts.find(({ deliveries }) => deliveries.every(({ status }) => status === 'sent'));
      },
      'an alert that was sent',
      5_000,
    );
    expect(receiver.received.map(({ id, body }) => [id, body])).toEqual(
      Array.from({ length: 2 }, () => [interrupted.id, interrupted.body]),
    );
  }, 60_000);
});
