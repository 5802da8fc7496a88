import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { packagePath } from '../../src/paths.js';
import { eventually, Product, temporaryDir } from '../support/product.js';

const products: Product[] = [];
afterEach(() => {
  for (const product of products.splice(0)) product.kill('SIGKILL');
});

/** On a port that it has again after a restart, with the four demo cameras. */
async function launched(...args: string[]): Promise<Product> {
  const port = await freePort();
  const dataDir = temporaryDir('launcher');
  const product = await Product.start(
    ['--port', String(port), '--data-dir', dataDir, ...args],
    { NUNCHI_VLM_MODEL: 'none' },
    'launcher',
  );
  products.push(product);
  return product;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Of the product itself; undefined while it does not answer. */
async function pidOf(product: Product): Promise<number | undefined> {
  const stats = await product.get<{ pid: number }>('/api/stats').catch(() => undefined);
  return stats?.pid;
}

async function cameras(product: Product): Promise<string[]> {
  return (await product.cameras()).map(({ state }) => state);
}

async function allStreaming(product: Product): Promise<true | undefined> {
  const states = await cameras(product).catch(() => []);
  return (states.length === 4 && states.every((state) => state === 'streaming')) || undefined;
}

/** Resolves with how long it took until another process answers. */
async function anotherOne(product: Product, than: number, withinMs: number): Promise<number> {
  const fromMs = performance.now();
  await eventually(
    async () => {
      const pid = await pidOf(product);
      return pid === than ? undefined : pid;
    },
    'another process answers',
    withinMs,
    20,
  );
  return performance.now() - fromMs;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('launcher', () => {
  it('starts the product again after a native crash, with every camera and everything acknowledged', async () => {
    const product = await launched();
    await eventually(() => allStreaming(product), 'cameras stream', 20_000);
    const made = await product.api.POST('/api/events', {
      body: { camera: 'gate', label: 'seen before the crash' },
    });
    expect(made.response.status).toBe(201);
    const id = made.data?.id ?? '';
    const pid = (await pidOf(product)) ?? NaN;
    process.kill(pid, 'SIGSEGV');
    await anotherOne(product, pid, 10_000);
    await eventually(() => allStreaming(product), 'cameras stream again', 15_000);
    const kept = await product.api.GET('/api/events/{id}', { params: { path: { id } } });
    expect(kept.data).toMatchObject({ id, label: 'seen before the crash' });
    expect(product.log).toContain('"signal":"SIGSEGV"');
    expect(await product.stop()).toEqual({ code: 0, signal: null });
  }, 60_000);

  it('kills and restarts a product whose main thread is stuck', async () => {
    const product = await launched();
    const pid = (await pidOf(product)) ?? NaN;
    process.kill(pid, 'SIGSTOP');
    await anotherOne(product, pid, 20_000);
    expect(product.log).toContain('the main thread is stuck');
    expect(isRunning(pid)).toBe(false);
    expect(await product.stop()).toEqual({ code: 0, signal: null });
  }, 60_000);

  it('does not repeat a first start that fails', async () => {
    const port = ['--port', '-1'];
    const child = spawn(process.execPath, [packagePath('dist/launcher.js'), ...port], { stdio: 'pipe' });
    let said = '';
    child.stderr.on('data', (text: Buffer) => (said += text.toString()));
    expect(await once(child, 'exit')).toEqual([1, null]);
    expect(said.match(/nunchi: /g)).toHaveLength(1);
  });

  it('ends with a product that plays files once, however that ends', async () => {
    const broken = packagePath('src/demo/clips/gate.truth.json');
    const product = await launched('--camera', `a=${broken}`, '--once');
    expect(await product.exited).toEqual({ code: 1, signal: null });
    expect(product.log).not.toContain('started again');
  });

  it('leaves no product behind when it is killed itself', async () => {
    const product = await launched();
    const pid = (await pidOf(product)) ?? NaN;
    product.kill('SIGKILL');
    await eventually(() => Promise.resolve(!isRunning(pid) || undefined), 'the product stops', 10_000);
  }, 30_000);
});
