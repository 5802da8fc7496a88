import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { demoCameras } from '../../src/demo/demo-cameras.js';
import type { AnomalyEvent } from '../../src/event.js';
import { packagePath } from '../../src/paths.js';
import { Product, temporaryDir } from '../support/product.js';

const ROUNDS = 10;

/** Cameras so touchy that every one of them makes events within seconds. */
function touchyConfig(dir: string): string {
  const cameras = Object.fromEntries(
    demoCameras.map(({ id, clip }) => [id, { url: packagePath(`src/demo/clips/${clip}`) }]),
  );
  const file = path.join(dir, 'config.yaml');
  const config = {
    media_dir: packagePath('src/demo/clips'),
    defaults: { vad: { threshold: 0.005, warmup_s: 1 } },
    cameras,
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

describe('SIGKILL in mid-run', () => {
  it(`${ROUNDS} times: every event that a client saw is in the store, once`, async () => {
    const dir = temporaryDir('crash');
    const args = ['--config', touchyConfig(dir), '--data-dir', path.join(dir, 'data')];
    const seen = new Map<string, AnomalyEvent>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const product = await Product.start(args);
      const socket = await product.socket({ type: 'subscribe', topics: ['events'] });
      const enough = 2 + (round % 4);
      let messages = 0;
      const crash = new Promise<void>((resolve) => {
        socket.on('message', (data: Buffer) => {
          const message = JSON.parse(data.toString()) as { type: string; event?: AnomalyEvent };
          if (message.event === undefined) return;
          seen.set(message.event.id, message.event);
          messages += 1;
          if (messages === enough) resolve();
        });
      });
      await crash;
      product.kill('SIGKILL');
      await product.exited;
      socket.terminate();
    }
    const product = await Product.start(args);
    const ids = (await product.events()).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of seen.keys()) expect(ids).toContain(id);
    expect(seen.size).toBeGreaterThanOrEqual(ROUNDS);
    for (const event of seen.values()) {
      const stored = await product.get<AnomalyEvent>(`/api/events/${event.id}`);
      expect(stored.top_score).toBeGreaterThanOrEqual(event.top_score);
      expect(stored.state).toBe('ended');
    }
    expect(await product.stop()).toEqual({ code: 0, signal: null });
  }, 240_000);

  it('a second process on the same store is told whose it is, and ends', async () => {
    const dir = temporaryDir('second');
    const args = ['--config', touchyConfig(dir), '--data-dir', path.join(dir, 'data')];
    const first = await Product.start(args);
    const pid = (await first.get<{ pid: number }>('/api/stats')).pid;
    await expect(Product.start(args)).rejects.toThrow(new RegExp(`"code":1[^]*${pid}`));
    expect(await first.stop()).toEqual({ code: 0, signal: null });
  });

  it('SIGTERM loses nothing: what clients saw is stored, and open episodes are ended', async () => {
    const dir = temporaryDir('sigterm');
    const args = ['--config', touchyConfig(dir), '--data-dir', path.join(dir, 'data')];
    const first = await Product.start(args);
    const socket = await first.socket({ type: 'subscribe', topics: ['events'] });
    const seen = new Set<string>();
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as { event?: AnomalyEvent };
      if (message.event !== undefined) seen.add(message.event.id);
    });
    while (seen.size < 3) await once(socket, 'message');
    expect(await first.stop()).toEqual({ code: 0, signal: null });
    const second = await Product.start(args);
    const stored = new Map((await second.events()).map((event) => [event.id, event]));
    for (const id of seen) expect(stored.get(id)).toMatchObject({ state: 'ended' });
    for (const id of seen) expect(stored.get(id)?.data).not.toHaveProperty('closed_by');
    await second.stop();
  });
});
