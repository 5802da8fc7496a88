import { describe, expect, it } from 'vitest';
import { Guard, type GuardOptions } from './guard.js';

const TOKEN = 'a'.repeat(64);

function guard(given: Partial<GuardOptions> = {}): Guard {
  return new Guard({
    host: '127.0.0.1',
    port: 8971,
    tokens: [],
    publicPaths: ['/', '/livez'],
    redeemTicket: () => false,
    ...given,
  });
}

function status(checked: Guard, url: string, init: RequestInit = {}): number | null {
  return checked.refuse(new Request(url, init))?.status ?? null;
}

describe('Host', () => {
  it.each(['localhost:8971', '127.0.0.1:8971', '[::1]:8971', 'LOCALHOST:8971'])('%s is ours', (host) => {
    expect(status(guard(), `http://${host}/api/cameras`)).toBeNull();
  });

  it.each([
    'rebound.example:8971',
    'localhost:8972',
    'localhost',
    'localhost.evil.example:8971',
    '10.0.0.9:8971',
  ])('%s is refused', (host) => {
    expect(status(guard(), `http://${host}/api/cameras`)).toBe(403);
  });

  it('may be the configured one, and has no port where that is 80', () => {
    expect(status(guard({ host: 'Nunchi.lan' }), 'http://nunchi.lan:8971/')).toBeNull();
    expect(status(guard({ host: 'fd00::5' }), 'http://[fd00::5]:8971/')).toBeNull();
    expect(status(guard({ port: 80 }), 'http://localhost/')).toBeNull();
  });

  it('may be any address, but no name, when every address listens', () => {
    const everywhere = guard({ host: '0.0.0.0' });
    expect(status(everywhere, 'http://10.0.0.9:8971/')).toBeNull();
    expect(status(everywhere, 'http://10.0.0.9:9999/')).toBe(403);
    expect(status(everywhere, 'http://rebound.example:8971/')).toBe(403);
  });
});

describe('Origin', () => {
  const from = (origin: string): RequestInit => ({ headers: { origin } });

  it('does not matter for reading', () => {
    expect(status(guard(), 'http://localhost:8971/api/cameras', from('http://evil.example'))).toBeNull();
  });

  it.each([
    'http://evil.example',
    'null',
    'https://localhost:8971',
    'http://localhost:1',
    'http://localhost:8971/x',
  ])('%s may neither change anything nor open a WebSocket', (origin) => {
    const { headers = {} } = from(origin);
    expect(status(guard(), 'http://localhost:8971/api/cameras', { method: 'POST', headers })).toBe(403);
    expect(status(guard(), 'http://localhost:8971/ws', { headers })).toBe(403);
  });

  it('may be our own page, or absent', () => {
    expect(status(guard(), 'http://localhost:8971/ws', from('http://127.0.0.1:8971'))).toBeNull();
    expect(status(guard(), 'http://localhost:8971/ws')).toBeNull();
    expect(status(guard(), 'http://localhost:8971/api/cameras', { method: 'DELETE' })).toBeNull();
  });
});

describe('tokens', () => {
  const locked = guard({ tokens: [TOKEN, 'b'.repeat(64)], redeemTicket: (ticket) => ticket === 'good' });
  const bearer = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } });

  it('open everything to those who know one', () => {
    expect(status(locked, 'http://localhost:8971/api/cameras', bearer(TOKEN))).toBeNull();
    expect(status(locked, 'http://localhost:8971/ws', bearer('b'.repeat(64)))).toBeNull();
  });

  it.each(['/api/cameras', '/ws', '/metrics', '/%61pi/cameras', '//api/cameras', '/ws?ticket=forged'])(
    'are needed for %s',
    (path) => {
      const reply = locked.refuse(new Request(`http://localhost:8971${path}`, bearer('c'.repeat(64))));
      expect(reply?.status).toBe(401);
      expect(reply?.headers.get('www-authenticate')).toBe('Bearer');
    },
  );

  it('are not needed for probes and the page that asks for them', () => {
    expect(status(locked, 'http://localhost:8971/')).toBeNull();
    expect(status(locked, 'http://localhost:8971/livez')).toBeNull();
  });

  it('may be replaced by a ticket on the WebSocket, and nowhere else', () => {
    expect(status(locked, 'http://localhost:8971/ws?ticket=good')).toBeNull();
    expect(status(locked, 'http://localhost:8971/api/cameras?ticket=good')).toBe(401);
  });
});
