import { request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { wholeReply } from '../../src/http/whole-reply.js';
import { AdapterServer } from '../support/adapter-server.js';

let server: AdapterServer;

beforeEach(async () => {
  server = await AdapterServer.start();
});

afterEach(() => {
  server.close();
});

describe('replies', () => {
  it('have their length when they are whole, and none of the body for HEAD', async () => {
    server.handler = () =>
      new Response('12345', { status: 201, headers: { 'content-length': '5', 'x-a': 'b' } });
    const get = await fetch(server.url());
    expect([get.status, get.headers.get('content-length'), await get.text()]).toEqual([201, '5', '12345']);
    const head = await fetch(server.url(), { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), head.headers.get('x-a')]).toEqual([
      201,
      '5',
      'b',
    ]);
  });

  it('that are known to be whole have their length, too, and nothing of them for HEAD', async () => {
    server.handler = () => wholeReply('12345', { status: 201, headers: { 'x-a': 'b' } });
    const get = await fetch(server.url());
    expect([get.status, get.headers.get('content-length'), get.headers.get('x-a')]).toEqual([201, '5', 'b']);
    expect(await get.text()).toBe('12345');
    const head = await fetch(server.url(), { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([201, null, '']);
  });

  it.each([204, 304])('of status %d end with their head', async (status) => {
    server.handler = () => new Response(null, { status });
    for (let time = 0; time < 2; time += 1) {
      const reply = await fetch(server.url());
      expect([reply.status, reply.headers.get('content-length')]).toEqual([status, null]);
    }
  });

  it('are streamed while they arise', async () => {
    server.handler = () => {
      const parts = ['one', 'two', 'three'];
      const body = new ReadableStream({
        async pull(controller) {
          await sleep(20);
          const part = parts.shift();
          if (part === undefined) controller.close();
          else controller.enqueue(new TextEncoder().encode(part));
        },
      });
      return new Response(body);
    };
    const reply = await fetch(server.url());
    expect(reply.headers.get('transfer-encoding')).toBe('chunked');
    expect(await reply.text()).toBe('onetwothree');
  });

  it('wait for a client that reads slowly, and arrive complete', async () => {
    const chunk = new Uint8Array(256 * 1024).fill(7);
    const chunks = 120;
    let produced = 0;
    server.handler = () =>
      new Response(
        new ReadableStream({
          async pull(controller) {
            await sleep(1);
            if (produced === chunks) {
              controller.close();
              return;
            }
            produced += 1;
            controller.enqueue(chunk);
          },
        }),
      );
    const received = await new Promise<number>((resolve, reject) => {
      httpRequest(server.url(), (reply) => {
        let bytes = 0;
        reply.pause();
        setTimeout(() => {
          expect(produced).toBeLessThan(chunks);
          reply.on('data', (data: Buffer) => (bytes += data.length)).resume();
          reply.on('end', () => {
            resolve(bytes);
          });
        }, 700);
      })
        .on('error', reject)
        .end();
    });
    expect(received).toBe(chunks * chunk.length);
  });

  it('stop when the client leaves midway; nothing is thrown, and others are served', async () => {
    const cancelled = vi.fn();
    let aborted = false;
    server.handler = (request) => {
      request.signal.addEventListener('abort', () => (aborted = true));
      const body = new ReadableStream({
        async pull(controller) {
          await sleep(5);
          controller.enqueue(new Uint8Array(1024));
        },
        cancel: cancelled,
      });
      return new Response(body);
    };
    const controller = new AbortController();
    const reply = await fetch(server.url(), { signal: controller.signal });
    await reply.body?.getReader().read();
    controller.abort();
    await vi.waitFor(() => {
      expect(cancelled).toHaveBeenCalled();
      expect(aborted).toBe(true);
    });
    server.handler = () => new Response('still here');
    expect(await (await fetch(server.url())).text()).toBe('still here');
    expect(server.bugs).toEqual([]);
  });

  it('are not written to a client that left before', async () => {
    let left = (): void => undefined;
    const gone = new Promise<void>((resolve) => (left = resolve));
    let replied = false;
    server.handler = async (request) => {
      request.signal.addEventListener('abort', () => {
        left();
      });
      await gone;
      replied = true;
      return new Response('late');
    };
    await expect(fetch(server.url(), { signal: AbortSignal.timeout(50) })).rejects.toThrow();
    await vi.waitFor(() => {
      expect(replied).toBe(true);
    });
    expect(server.bugs).toEqual([]);
  });

  it('end with the connection when their body fails, and that is reported', async () => {
    server.handler = () => {
      const body = new ReadableStream({
        async pull(controller) {
          await sleep(5);
          controller.error(new Error('the disk broke'));
        },
      });
      return new Response(body);
    };
    await expect(fetch(server.url())).rejects.toThrow();
    expect(server.bugs).toEqual([expect.objectContaining({ message: 'the disk broke' })]);
  });
});
