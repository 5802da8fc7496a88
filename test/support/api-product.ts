import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { packagePath } from '../../src/paths.js';
import type { Answer } from './api-answer.js';
import { Product, temporaryDir } from './product.js';

/** Of the webhook: its receiver does not look at it. */
const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
export const adminToken = 'the-admin-of-the-contract-test-0123456789';

export interface ApiProduct {
  product: Product;
  /** A file that its cameras may play, but none does yet. */
  spareClip: string;
  /** Asks with the admin's token. */
  ask: (method: string, target: string, init?: RequestInit) => Promise<Answer & { headers: Headers }>;
  stop: () => Promise<void>;
}

/**
 * The real product with two cameras so touchy that events come within seconds, a webhook channel `hook` whose receiver
 * takes everything, and no limit to the requests. Nothing is told on its own: the channel is for tests alone.
 */
export async function startApiProduct(): Promise<ApiProduct> {
  const dir = temporaryDir('api');
  const mediaDir = path.join(dir, 'media');
  mkdirSync(mediaDir);
  for (const clip of ['gate', 'yard', 'lane'])
    copyFileSync(packagePath(`src/demo/clips/${clip}.mp4`), path.join(mediaDir, `${clip}.mp4`));
  const receiver = createServer((request, reply) => {
    request.resume();
    request.on('end', () => reply.end());
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo;
  const config = {
    media_dir: mediaDir,
    http: { tokens: [adminToken], rate_limit_per_s: 100_000 },
    defaults: { vad: { threshold: 0.005, warmup_s: 1 } },
    cameras: {
      gate: { url: path.join(mediaDir, 'gate.mp4') },
      yard: { url: path.join(mediaDir, 'yard.mp4') },
    },
    clips: { pre_s: 1, post_s: 1 },
    vlm: { enabled: false },
    agent: { enabled: false },
    alerts: {
      allow_targets: ['127.0.0.1'],
      channels: { hook: { type: 'webhook', url: `http://127.0.0.1:${port}/hook`, secret } },
    },
    log: { level: 'warn' },
  };
  const file = path.join(dir, 'config.yaml');
  writeFileSync(file, JSON.stringify(config));
  const product = await Product.start(['--config', file, '--data-dir', path.join(dir, 'data')]);
  return {
    product,
    spareClip: path.join(mediaDir, 'lane.mp4'),
    ask: (method, target, init = {}) => answerOf(product.url + target, { ...init, method }),
    stop: async () => {
      await product.stop();
      receiver.closeAllConnections();
      receiver.close();
    },
  };
}

async function answerOf(url: string, init: RequestInit): Promise<Answer & { headers: Headers }> {
  const headers = new Headers(init.headers);
  if (!headers.has('authorization')) headers.set('authorization', `Bearer ${adminToken}`);
  const reply = await fetch(url, { ...init, headers });
  const type = reply.headers.get('content-type');
  const isEndless = type?.startsWith('text/event-stream') === true;
  if (isEndless) await reply.body?.cancel();
  const body = isEndless ? new Uint8Array() : new Uint8Array(await reply.arrayBuffer());
  return { status: reply.status, contentType: type, headers: reply.headers, body };
}
