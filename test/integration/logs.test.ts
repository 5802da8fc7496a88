import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AuditEntry } from '../../src/access/audit.js';
import { packagePath } from '../../src/paths.js';
import { eventually, Product, temporaryDir } from '../support/product.js';

interface Line {
  level: number;
  time: string;
  msg: string;
  request_id?: string;
  [key: string]: unknown;
}

let product: Product;
let receiver: HttpServer;
/** Lets cameras connect, and then says nothing. */
let mute: Server;
const muted = new Set<Socket>();

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  const dir = temporaryDir('logs');
  const clips = packagePath('src/demo/clips');
  receiver = createHttpServer((request, response) => {
    request.resume().on('end', () => response.end());
  });
  mute = createServer((socket) => muted.add(socket.on('error', () => undefined)));
  const hook = `http://127.0.0.1:${await listening(receiver)}/`;
  const config = {
    media_dir: clips,
    defaults: { vad: { threshold: 0.005, warmup_s: 1 } },
    cameras: {
      yard: { url: path.join(clips, 'yard.mp4') },
      dead: { url: `rtsp://127.0.0.1:${await listening(mute)}/` },
    },
    clips: { post_s: 1 },
    vlm: { enabled: false },
    agent: { enabled: false },
    alerts: {
      digest_s: 1,
      allow_targets: ['127.0.0.1'],
      channels: {
        hook: { type: 'webhook', url: hook, secret: `whsec_${Buffer.alloc(32, 1).toString('base64')}` },
      },
    },
  };
  const file = path.join(dir, 'config.yaml');
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  product = await Product.start(['--config', file, '--data-dir', path.join(dir, 'data')]);
});

afterAll(async () => {
  await product.stop();
  receiver.close();
  mute.close();
  for (const socket of muted) socket.destroy();
});

/** Every whole line so far. */
const lines = (): Line[] =>
  product.log
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);

/** The lines with the id of a request, as soon as there are so many: they come by another way than its answer. */
async function linesOf(requestId: string, count = 1): Promise<Line[]> {
  const found = () => lines().filter(({ request_id: id }) => id === requestId);
  const enough = () => Promise.resolve(found().length >= count || undefined);
  await eventually(enough, `${count} lines of ${requestId} in\n${product.log}`, 5_000, 20);
  return found();
}

function ask(requestId: string, method: string, route: string, body?: object): Promise<Response> {
  return fetch(product.url + route, {
    method,
    headers: { 'x-request-id': requestId, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
}

it('a camera that a request has restarted is followed by the id of the request', async () => {
  const reply = await ask('faster-1', 'PATCH', '/api/cameras/yard', { vad: { fps: 4 } });
  expect([reply.status, reply.headers.get('x-request-id')]).toEqual([200, 'faster-1']);
  expect(await linesOf('faster-1', 2)).toEqual([
    expect.objectContaining({ msg: 'camera changed', camera: 'yard', change: 'changed', restart: true }),
    expect.objectContaining({ msg: 'configuration changed', by: 'api', settings: ['cameras.yard.vad.fps'] }),
  ]);
  await ask('pause-1', 'POST', '/api/cameras/yard/pause');
  await ask('resume-1', 'POST', '/api/cameras/yard/resume');
  expect(await linesOf('pause-1')).toMatchObject([
    { msg: 'camera changed', camera: 'yard', change: 'paused' },
  ]);
  expect(await linesOf('resume-1')).toMatchObject([
    { msg: 'camera changed', camera: 'yard', change: 'resumed' },
  ]);
  const { entries } = (await (await ask('a', 'GET', '/api/audit')).json()) as { entries: AuditEntry[] };
  expect(entries.find(({ request_id: id }) => id === 'faster-1')).toMatchObject({
    action: 'PATCH /api/cameras/{id}',
    target: 'yard',
  });
});

it('what HTTP refused, could not do, or was slow with has a line by that id', async () => {
  expect((await ask('refused-1', 'PATCH', '/api/cameras/yard', { vad: { fps: 99 } })).status).toBe(400);
  expect(await linesOf('refused-1')).toEqual([
    expect.objectContaining({
      msg: 'request refused',
      method: 'PATCH',
      route: '/api/cameras/{id}',
      status: 400,
      code: 'request.invalid',
      ms: expect.any(Number) as number,
    }),
  ]);
  expect((await ask('failed-1', 'GET', '/api/cameras/dead/latest.jpg')).status).toBe(503);
  expect(await linesOf('failed-1')).toMatchObject([
    { msg: 'request failed', route: '/api/cameras/{id}/latest.jpg', code: 'camera.not_streaming' },
  ]);
  const { port } = mute.address() as AddressInfo;
  const tried = await ask('slow-1', 'POST', '/api/cameras/test', { url: `rtsp://127.0.0.1:${port}/` });
  expect(await tried.json()).toMatchObject({ ok: false });
  const [slow] = await linesOf('slow-1');
  expect(slow).toMatchObject({
    msg: 'request slow',
    method: 'POST',
    route: '/api/cameras/test',
    status: 200,
  });
  expect(slow?.['ms']).toBeGreaterThan(1_000);
  const tooLarge = await fetch(`${product.url}/api/events`, {
    method: 'POST',
    body: new Uint8Array(1_048_577),
  });
  expect(await linesOf(tooLarge.headers.get('x-request-id') ?? '')).toMatchObject([
    { msg: 'request refused', method: 'POST', route: 'none', status: 413 },
  ]);
  await ask('fine-1', 'GET', '/api/cameras');
  await ask('wrong-1', 'GET', '/api/events?limit=none');
  await ask('last-1', 'DELETE', '/api/cameras/none');
  await linesOf('last-1');
  expect(lines().filter(({ request_id: id }) => id === 'fine-1' || id === 'wrong-1')).toEqual([]);
}, 30_000);

it('an event is followed by its id until its alert was sent', async () => {
  const about = (line: Line): string[] => [line['event'] ?? []].flat() as string[];
  const sent = await eventually(
    () => Promise.resolve(lines().find(({ msg, ...line }) => msg === 'alert sent' && line['event'])),
    'an alert that was sent',
    30_000,
  );
  const [id = ''] = about(sent);
  const story = lines().filter((line) => about(line).includes(id));
  expect(story.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['event', 'alert', 'alert sent']));
  expect(story.every((line) => [line['camera']].flat().includes('yard'))).toBe(true);
}, 40_000);

it('every line is JSON with a level, a time and a message, and spells its keys one way', () => {
  const keys = new Set(lines().flatMap((line) => Object.keys(line)));
  for (const { level, time, msg } of lines())
    expect([level, time, msg]).toEqual([
      expect.any(Number),
      expect.stringMatching(/^\d{4}-.*Z$/),
      expect.any(String),
    ]);
  expect([...keys].filter((key) => !/^[a-z][a-z0-9_]*$/.test(key))).toEqual([]);
});
