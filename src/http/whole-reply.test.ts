import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { wholeBody, wholeJson, wholeReply } from './whole-reply.js';

const reply = () => wholeReply('{"a":1}', { status: 201, headers: { 'content-type': 'application/json' } });

describe('a whole reply', () => {
  it('reads as any other reply does, once', async () => {
    expect(await reply().json()).toEqual({ a: 1 });
    expect(new TextDecoder().decode(await reply().arrayBuffer())).toBe('{"a":1}');
    const read = reply();
    expect(read.bodyUsed).toBe(false);
    expect(await read.text()).toBe('{"a":1}');
    expect(read.bodyUsed).toBe(true);
    await expect(read.text()).rejects.toThrow();
  });

  it('may be copied, with its head', async () => {
    const copy = reply().clone();
    expect([copy.status, copy.headers.get('content-type')]).toEqual([201, 'application/json']);
    expect(await copy.text()).toBe('{"a":1}');
    expect(await new Response(reply().body).text()).toBe('{"a":1}');
  });

  it('is what JSON is answered with, under the status and the headers of the answer', async () => {
    const app = new Hono();
    app.use(wholeJson);
    app.get('/plain', (context) => context.json([1]));
    app.get('/made', (context) => context.json({ a: 1 }, 201, { location: '/a' }));
    const plain = await app.request('/plain');
    expect(wholeBody(plain)).toBe('[1]');
    expect([plain.status, plain.headers.get('content-type')]).toEqual([200, 'application/json']);
    const made = await app.request('/made');
    expect([made.status, made.headers.get('location'), await made.json()]).toEqual([201, '/a', { a: 1 }]);
  });
});
