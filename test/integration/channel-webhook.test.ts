import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import type { Channel } from '../../src/alerting/channel.js';
import { channelSchema } from '../../src/alerting/channel-config.js';
import { openChannel } from '../../src/channels/open-channel.js';
import { outboundHttp } from '../../src/channels/outbound-http.js';
import { targetsOf } from '../../src/channels/targets.js';
import { webhookBodySchema } from '../../src/channels/webhook-body.js';
import { systemClock } from '../../src/clock.js';
import { alertMessage, hostile, jpeg } from '../support/alert-message.js';

interface Received {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer;
}
type Answer = (reply: ServerResponse, request: IncomingMessage) => void;

const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const oldSecret = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;
const taken: Answer = (reply) => reply.end('ok');
const never = new AbortController().signal;

let server: Server | undefined;
let channel: Channel | undefined;
afterEach(async () => {
  await channel?.close();
  channel = undefined;
  server?.closeAllConnections();
  await new Promise((resolve) => {
    if (server === undefined) resolve(undefined);
    else server.close(resolve);
  });
  server = undefined;
});

async function receiver(...answers: Answer[]): Promise<{ port: number; received: Received[] }> {
  const received: Received[] = [];
  const own = createServer((request, reply) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      received.push({
        method,
        path: url,
        headers: headers as Record<string, string>,
        body: Buffer.concat(chunks),
      });
      (answers[received.length - 1] ?? answers.at(-1) ?? taken)(reply, request);
    });
  });
  server = own;
  await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve));
  return { port: (own.address() as AddressInfo).port, received };
}

function open(settings: Record<string, unknown>, allowTargets = ['127.0.0.1']): Channel {
  const config = channelSchema.parse(settings);
  channel = openChannel(config, { allowTargets, clock: systemClock, random: Math.random });
  return channel;
}

const webhook = (port: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  type: 'webhook',
  url: `http://127.0.0.1:${port}/hook/in-secret`,
  secret,
  ...more,
});

describe('a webhook', () => {
  it('is signed so that the library of Standard Webhooks verifies it, with both secrets', async () => {
    const { port, received } = await receiver();
    await open(webhook(port, { old_secret: oldSecret, send_snapshot: true })).send(alertMessage(), never);

    const [{ headers, body }] = received as [Received];
    for (const key of [secret, oldSecret]) {
      const verified = webhookBodySchema.parse(new Webhook(key).verify(body.toString(), headers));
      expect(verified).toMatchObject({
        type: 'alert.immediate',
        version: 1,
        data: { id: 'message-1', count: 1 },
      });
      expect(Buffer.from(verified.data.snapshot?.base64 ?? '', 'base64')).toEqual(Buffer.from(jpeg));
    }
    expect(headers['webhook-id']).toBe('message-1');
    const another = new Webhook(Buffer.alloc(32, 3).toString('base64'));
    expect(() => another.verify(body.toString(), headers)).toThrow();
  });

  it('keeps what cameras and models say within their places of a template', async () => {
    const { port, received } = await receiver();
    const template = '{"text": "{{camera_name}}: {{summary}}", "score": "{{top_score}}", "fixed": [1]}';
    await open(webhook(port, { format: 'template', template })).send(alertMessage(hostile), never);
    expect(JSON.parse(received[0]?.body.toString() ?? '')).toEqual({
      text: `${hostile.camera_name}: ${hostile.summary}`,
      score: 0.87,
      fixed: [1],
    });
  });

  it('goes out without its picture when that cannot be read', async () => {
    const { port, received } = await receiver();
    const snapshot = (): Promise<never> => Promise.reject(new Error('no disk'));
    await open(webhook(port, { send_snapshot: true })).send(alertMessage({}, { snapshot }), never);
    expect(JSON.parse(received[0]?.body.toString() ?? '')).toMatchObject({ data: { snapshot: null } });
  });

  it.each([
    [500, {}, { status: 500 }],
    [429, { 'retry-after': '7' }, { status: 429, retry_after_s: 7 }],
    [503, { 'retry-after': 'soon' }, { status: 503 }],
  ])('fails on %d and says what the receiver asked for', async (status, headers, data) => {
    const { port } = await receiver((reply) => reply.writeHead(status, headers).end('in-secret'));
    const sent = open(webhook(port)).send(alertMessage(), never);
    await expect(sent).rejects.toMatchObject({ code: 'alert.delivery_failed', data });
    await expect(sent).rejects.not.toThrow(/in-secret/);
  });

  it('is gone on 410', async () => {
    const { port } = await receiver((reply) => reply.writeHead(410).end());
    const sent = open(webhook(port)).send(alertMessage(), never);
    await expect(sent).rejects.toMatchObject({ code: 'alert.channel_gone' });
  });

  it('does not follow a redirect', async () => {
    const { port, received } = await receiver((reply) =>
      reply.writeHead(307, { location: '/elsewhere' }).end(),
    );
    await expect(open(webhook(port)).send(alertMessage(), never)).rejects.toThrow(
      /redirect, which is not followed/,
    );
    expect(received.map(({ path }) => path)).toEqual(['/hook/in-secret']);
  });

  it('reads no more than 64 KiB of an endless answer, and counts as taken', async () => {
    let written = 0;
    let isClosed = (): void => undefined;
    const closed = new Promise<void>((resolve) => {
      isClosed = resolve;
    });
    const { port } = await receiver((reply) => {
      reply.on('close', isClosed);
      const chunk = Buffer.alloc(16_384);
      const more = (): void => {
        do written += chunk.length;
        while (!reply.destroyed && reply.write(chunk));
        reply.once('drain', more);
      };
      more();
    });
    await open(webhook(port)).send(alertMessage(), never);
    await closed;
    // What the two sockets hold comes on top of what was read.
    expect(written).toBeLessThan(16 * 1_048_576);
  });

  it.each([
    ['says nothing', () => undefined],
    [
      'goes on and on before its headers',
      (reply: ServerResponse) => {
        reply.writeProcessing();
      },
    ],
  ] satisfies [string, Answer][])('gives up on a receiver that %s', async (_what, answer) => {
    const { port } = await receiver(answer);
    const sent = open(webhook(port, { timeout_s: 1 })).send(alertMessage(), never);
    await expect(sent).rejects.toThrow(/did not answer within 1 s/);
  });

  it('ends when it is told to', async () => {
    const stop = new AbortController();
    const { port } = await receiver(() => {
      stop.abort();
    });
    await expect(open(webhook(port)).send(alertMessage(), stop.signal)).rejects.toThrow(/not waited for/);
  });

  it('sends nothing to the loopback unless that is allowed', async () => {
    const { port, received } = await receiver();
    for (const host of ['127.0.0.1', '2130706433', '0x7f.1', 'localhost', '[::1]', '[::ffff:7f00:1]']) {
      const sent = open(webhook(port, { url: `http://${host}:${port}/` }), []).send(alertMessage(), never);
      await expect(sent).rejects.toThrow(/alerts\.allow_targets/);
      await channel?.close();
    }
    expect(received).toEqual([]);
  });

  it('cannot be led inside by a name that changes its address', async () => {
    const { port, received } = await receiver();
    // The first is allowed, as a public one would be, and nobody listens there.
    const answers = ['127.0.0.2', '127.0.0.1'];
    const asked: string[] = [];
    const targets = targetsOf(['127.0.0.2'], (_host, _options, done) => {
      const address = answers[Math.min(asked.length, 1)] ?? '';
      asked.push(address);
      done(null, [{ address, family: 4 }]);
    });
    const http = outboundHttp({ targets, clock: systemClock, timeoutS: 5 });
    const url = new URL(`http://rebound.example:${port}/`);
    const post = (): Promise<void> => http.deliver({ method: 'POST', url, headers: {}, body: '' }, never);
    await expect(post()).rejects.toThrow(/refuses the connection/);
    await expect(post()).rejects.toThrow(/which is 127\.0\.0\.1/);
    expect(asked).toEqual(answers);
    expect(received).toEqual([]);
    await http.close();
  });

  it('says that nobody listens, and nothing secret', async () => {
    const { port } = await receiver();
    server?.close();
    const url = `http://user:hidden@127.0.0.1:${port}/in-secret?token=hidden`;
    const sent = open(webhook(port, { url })).send(alertMessage(), never);
    await expect(sent).rejects.toThrow(`http://127.0.0.1:${port} refuses the connection`);
    await expect(sent).rejects.not.toThrow(/hidden|in-secret/);
  });
});

describe('ntfy', () => {
  const ntfy = (port: number): Record<string, unknown> => ({
    type: 'ntfy',
    url: `http://127.0.0.1:${port}`,
    topic: 'yard',
    token: 'tk_1',
    link: 'https://nunchi.example/#{{event_id}}',
  });
  const decoded = (word = ''): string =>
    Buffer.from(word.slice('=?UTF-8?B?'.length, -2), 'base64').toString();

  it('attaches the snapshot, and puts no text of others into a header as it is', async () => {
    const { port, received } = await receiver();
    await open(ntfy(port)).send(alertMessage(hostile), never);
    const [{ method, path, headers, body }] = received as [Received];
    expect([method, path, body]).toEqual(['PUT', '/yard', Buffer.from(jpeg)]);
    expect(headers).toMatchObject({
      authorization: 'Bearer tk_1',
      'x-priority': '4',
      'x-tags': 'rotating_light',
    });
    expect(headers).not.toHaveProperty('bcc');
    expect(decoded(headers['x-title'])).toContain('<script>');
    expect(decoded(headers['x-click'])).toContain('https://nunchi.example/#01890a5d');
  });

  it('sends the words alone to a server that takes no attachments', async () => {
    const { port, received } = await receiver((reply) => reply.writeHead(413).end(), taken);
    await open(ntfy(port)).send(alertMessage(), never);
    expect(received.map(({ method, path }) => `${method} ${path}`)).toEqual(['PUT /yard', 'POST /']);
    expect(JSON.parse(received[1]?.body.toString() ?? '')).toMatchObject({
      topic: 'yard',
      title: 'High: person, Front door',
      priority: 4,
    });
  });
});
