import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpServer } from '../../src/http/uws/uws.js';
import { AdapterServer } from '../support/adapter-server.js';

const MIB = 1024 * 1024;

let server: AdapterServer;

beforeEach(async () => {
  server = await AdapterServer.start();
});

afterEach(() => {
  server.close();
  expect(server.bugs).toEqual([]);
});

/** Sends bytes, and resolves with what came back when the server has closed the connection. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let reply = '';
    const socket = connect(server.port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (data) => (reply += data.toString()));
    socket.on('error', reject);
    socket.on('close', () => {
      resolve(reply);
    });
  });
}

describe('listening', () => {
  it('names port and fix when the port is taken, and frees it at the end', async () => {
    const { port } = server;
    await expect(HttpServer.listen('127.0.0.1', port)).rejects.toMatchObject({
      code: 'listen.failed',
      message: expect.stringMatching(new RegExp(`${port}.*in use.*http\\.port.*--port 0`)) as string,
    });
    server.close();
    const next = await HttpServer.listen('127.0.0.1', port);
    expect(next.port).toBe(port);
    next.close();
  });
});

describe('requests', () => {
  it('carry method, address, headers and body', async () => {
    server.handler = async (request) => {
      const { pathname, search } = new URL(request.url);
      const text = await request.text();
      return Response.json({
        method: request.method,
        pathname,
        search,
        agent: request.headers.get('x-a'),
        text,
      });
    };
    const reply = await fetch(server.url('/a%20b?c=d&c=e'), {
      method: 'PATCH',
      headers: { 'x-a': 'b' },
      body: 'ü'.repeat(50_000),
    });
    expect(await reply.json()).toEqual({
      method: 'PATCH',
      pathname: '/a%20b',
      search: '?c=d&c=e',
      agent: 'b',
      text: 'ü'.repeat(50_000),
    });
  });

  it('have no query when they bring none', async () => {
    server.handler = (request) => Promise.resolve(Response.json({ url: request.url }));
    const reply = (await (await fetch(server.url('/a'))).json()) as { url: string };
    expect(reply.url).toBe(server.url('/a'));
  });

  it('may have 1 MiB of body', async () => {
    const reply = await fetch(server.url(), { method: 'POST', body: new Uint8Array(MIB) });
    expect((await reply.arrayBuffer()).byteLength).toBe(MIB);
  });

  it.each([MIB + 1, 100 * MIB])('are refused by their announced length: %d bytes', async (bytes) => {
    const head = `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${bytes}\r\n\r\n`;
    const reply = await raw(head);
    expect(reply).toMatch(/^HTTP\/1\.1 413 /);
    expect(reply).toContain('"code":"request.too_large"');
    expect(reply.toLowerCase()).toContain('x-content-type-options: nosniff');
    expect(reply.toLowerCase()).toMatch(/x-request-id: [0-9a-f-]{36}/);
    expect(server.turnedAway.at(-1)).toEqual(['POST', 413]);
  });

  it('are refused when a body of unknown length goes on and on', async () => {
    let sent = 0;
    const endless = new ReadableStream({
      pull(controller) {
        sent += 1;
        controller.enqueue(new Uint8Array(64 * 1024));
      },
    });
    const reply = await fetch(server.url(), { method: 'POST', body: endless, duplex: 'half' });
    expect(reply.status).toBe(413);
    expect(await reply.json()).toMatchObject({ code: 'request.too_large' });
    expect(sent).toBeLessThan(1000);
  });

  it.each(['evil@localhost', 'a/b', 'a b'])('with the Host %s are refused', async (host) => {
    expect(await raw(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('that are no HTTP end the connection', async () => {
    expect(await raw('\0\0\0\0\r\n\r\n')).toMatch(/^HTTP\/1\.1 (400|505) /);
    expect((await fetch(server.url())).status).toBe(200);
  });
});

it('cuts off a client that dribbles its request', { timeout: 20_000 }, async () => {
  const started = performance.now();
  const socket = connect(server.port, '127.0.0.1', () =>
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n'),
  );
  socket.on('error', () => undefined);
  const dribble = setInterval(() => socket.write('X-A: b\r\n'), 500);
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(dribble);
  expect(performance.now() - started).toBeLessThan(16_000);
});
