import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { packagePath } from '../../src/paths.js';
import { eventually, Product, temporaryDir } from '../support/product.js';

/** Each distinctive, so that a leak says whose it is. None is a valid part of another. */
const secrets = {
  camera: 'CameraPw7f3a91',
  cameraQuery: 'CameraQuery22c4e8',
  webhookPath: 'WebhookPath5d0b17',
  webhookKey: Buffer.from('WebhookKey-96e2d4-aaaaaaaaaaaaaa').toString('base64'),
  webhookHeader: 'WebhookHeader41c8f6',
  ntfy: 'NtfyToken83ab25',
  email: 'EmailPw0c67de',
  mqtt: 'MqttPw4e19b3',
  reload: 'ReloadPw2f85c0',
  token: 'ApiToken'.padEnd(64, '5c9d'),
};

let dir: string;
let receiver: Server;
let product: Product | null;
/** What the webhook was sent; it never takes any of it. */
let bodies: string[];

beforeEach(async () => {
  dir = temporaryDir('secrets');
  bodies = [];
  product = null;
  receiver = createServer((request, response) => {
    void text(request).then((body) => {
      bodies.push(body);
      response.writeHead(500).end();
    });
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
});

afterEach(async () => {
  await product?.stop();
  receiver.closeAllConnections();
  receiver.close();
});

/** A port of which nothing listens: everything there is refused. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

function configOf(webhookPort: number, closed: number) {
  const nowhere = `127.0.0.1:${closed}`;
  const clips = packagePath('src/demo/clips');
  const [clip = ''] = readdirSync(clips).filter((name) => name.endsWith('.mp4'));
  return {
    media_dir: clips,
    http: { tokens: [secrets.token] },
    defaults: { vad: { threshold: 0.005, warmup_s: 1 } },
    cameras: {
      gate: { url: `rtsp://user:${secrets.camera}@${nowhere}/live?password=${secrets.cameraQuery}` },
      yard: { url: path.join(clips, clip) },
    },
    alerts: {
      digest_s: 1,
      allow_targets: ['127.0.0.1'],
      channels: {
        hook: {
          type: 'webhook',
          url: `http://127.0.0.1:${webhookPort}/${secrets.webhookPath}`,
          secret: `whsec_${secrets.webhookKey}`,
          headers: { authorization: `Bearer ${secrets.webhookHeader}` },
        },
        push: { type: 'ntfy', url: `http://${nowhere}`, topic: 'nunchi', token: secrets.ntfy },
        mail: {
          type: 'email',
          host: '127.0.0.1',
          port: closed,
          username: 'nunchi',
          password: secrets.email,
          from: 'nunchi@example.org',
          to: ['guard@example.org'],
        },
        home: { type: 'mqtt', url: `mqtt://${nowhere}`, username: 'nunchi', password: secrets.mqtt },
      },
    },
  };
}

const headers = { authorization: `Bearer ${secrets.token}` };

/** What a GET answers, headers included; that of an endless stream is not read. */
async function answerOf(url: string): Promise<string> {
  const response = await fetch(url, { headers, redirect: 'manual' });
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  if (isStream) await response.body?.cancel();
  const body = isStream ? '' : Buffer.from(await response.arrayBuffer()).toString('latin1');
  return JSON.stringify([...response.headers]) + body;
}

async function allAnswers(url: string, eventId: string): Promise<Map<string, string>> {
  const document = JSON.parse(await (await fetch(`${url}/openapi.json`, { headers })).text()) as {
    paths: Record<string, object>;
  };
  const declared = Object.entries(document.paths).filter(([, methods]) => 'get' in methods);
  const routes = new Set([...declared.map(([route]) => route), '/metrics', '/readyz', '/openapi.json']);
  const answers = new Map<string, string>();
  for (const route of routes) {
    const ids = /^\/api\/(events|traces)\//.test(route) ? [eventId] : ['gate', 'yard', 'hook'];
    for (const id of route.includes('{') ? ids : [''])
      answers.set(`${route} ${id}`, await answerOf(url + route.replace(/\{\w+\}/g, id)));
  }
  return answers;
}

function storedFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** Which secrets stand in a text, as they are or as a URL or JSON would write them. */
const leaksIn = (content: string): string[] =>
  Object.entries(secrets)
    .filter(([, secret]) => content.includes(secret) || content.includes(encodeURIComponent(secret)))
    .map(([name]) => name);

it('no secret of a failing product is in its log, answers, metrics, store, audit log or webhooks', async () => {
  const file = path.join(dir, 'config.yaml');
  const dataDir = path.join(dir, 'data');
  const config = configOf((receiver.address() as AddressInfo).port, await closedPort());
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  const running = await Product.start(['--config', file, '--data-dir', dataDir]);
  product = running;
  const logged = (pattern: RegExp) =>
    eventually(() => Promise.resolve(pattern.test(running.log) || undefined), String(pattern), 40_000);
  for (const channel of ['hook', 'push', 'mail', 'home'])
    await fetch(`${running.url}/api/alerts/channels/${channel}/test`, { method: 'POST', headers });
  await logged(/"camera":"gate".*"backing_off"/);
  await logged(/"channel":"hook".*alert not sent/);
  await logged(/"channel":"mail".*alert not sent/);
  const bad = {
    ...config,
    cameras: { gate: { url: `http://user:${secrets.reload}@10.0.0.5/`, nonsense: 1 } },
  };
  writeFileSync(file, JSON.stringify(bad));
  running.kill('SIGHUP');
  await logged(/configuration file is not taken over/);
  const eventId = await eventually(
    async () => {
      const page = await fetch(`${running.url}/api/events`, { headers });
      return ((await page.json()) as { events: { id: string }[] }).events[0]?.id;
    },
    'an event',
    20_000,
  );
  const answers = await allAnswers(running.url, eventId);
  for (const route of ['/metrics ', '/readyz ', '/api/config ', '/api/audit '])
    expect([...answers.keys()]).toContain(route);
  expect(leaksIn(JSON.stringify(bad) + JSON.stringify(config))).toEqual(Object.keys(secrets));
  expect(bodies.length).toBeGreaterThan(0);
  expect(await running.stop()).toEqual({ code: 0, signal: null });

  const found: [string, string[]][] = [
    ...[...answers].map(([route, answer]): [string, string[]] => [route, leaksIn(answer)]),
    ...bodies.map((body): [string, string[]] => ['webhook', leaksIn(body)]),
    ...storedFiles(dataDir).map((name): [string, string[]] => [name, leaksIn(readFileSync(name, 'latin1'))]),
    ['log', leaksIn(running.log)],
  ];
  expect(found.filter(([, leaks]) => leaks.length > 0)).toEqual([]);
  expect(storedFiles(dataDir).some((name) => name.endsWith('.duckdb'))).toBe(true);
}, 90_000);
