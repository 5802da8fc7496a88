import { describe, expect, it } from 'vitest';
import { guardWith, keyRing } from '../../../test/support/http-app.js';
import { SimulatedClock } from '../../../test/support/simulated-clock.js';
import type { Role } from '../../access/access.js';
import { hashToken, type AccessToken } from '../../access/access-tokens.js';
import { KeyRing } from '../../actors/access/key-ring.js';
import type { Guard } from './guard.js';
import { OwnHosts } from './own-hosts.js';
import { Tickets } from './tickets.js';

const TOKEN = 'a'.repeat(64);
const ADDRESS = '10.0.0.1';

const bearer = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } });

function tokenOf(name: string, secret: string, role: Role = 'viewer'): AccessToken {
  return { name, role, cameras: ['gate'], sha256: hashToken(secret), created: 0, expires: null };
}

function ask(guard: Guard, path: string, init: RequestInit = {}, address = ADDRESS) {
  const url = path.startsWith('/') ? `http://localhost:8971${path}` : path;
  const entry = guard.admit(new Request(url, init), address);
  if ('admission' in entry) return { status: 200, caller: entry.admission.caller, retryAfter: null };
  const { status, headers } = entry.refusal;
  return { status, caller: null, retryAfter: headers.get('retry-after') };
}

describe('Host and Origin', () => {
  const from = (origin: string, method = 'GET'): RequestInit => ({ method, headers: { origin } });

  it('turn away names that are not ours', () => {
    const guard = guardWith();
    expect(ask(guard, 'http://rebound.example:8971/api/cameras').status).toBe(403);
    expect(ask(guard, 'http://localhost:8971/api/cameras').status).toBe(200);
    expect(guard.refused.host).toBe(1);
  });

  it('of a foreign page do not matter for reading, but it may neither change anything nor open a WebSocket', () => {
    const guard = guardWith();
    expect(ask(guard, '/api/cameras', from('http://evil.example')).status).toBe(200);
    expect(ask(guard, '/api/cameras', from('http://evil.example', 'POST')).status).toBe(403);
    expect(ask(guard, '/ws', from('http://evil.example')).status).toBe(403);
    expect(ask(guard, '/ws', from('http://127.0.0.1:8971')).status).toBe(200);
    expect(ask(guard, '/ws').status).toBe(200);
    expect(ask(guard, '/api/cameras', { method: 'DELETE' }).status).toBe(200);
  });

  it('may be those of a reverse proxy', () => {
    const hosts = new OwnHosts({ host: '127.0.0.1', port: 8971, allowedHosts: ['cams.example'] });
    const guard = guardWith({ hosts });
    expect(ask(guard, 'http://cams.example/api', from('https://cams.example', 'POST')).status).toBe(200);
    expect(ask(guard, 'http://other.example/api', from('https://cams.example', 'POST')).status).toBe(403);
  });
});

describe('tokens', () => {
  const clock = new SimulatedClock();
  const tickets = new Tickets(clock);
  const doorkeeper = keyRing([TOKEN, tokenOf('gate', 'b'.repeat(64))]);
  const locked = guardWith({ doorkeeper, tickets, clock, publicPaths: ['/', '/livez'] });

  it('say who asks', () => {
    expect(ask(locked, '/api/cameras', bearer(TOKEN)).caller).toMatchObject({
      name: 'config-1',
      role: 'admin',
    });
    const caller = { name: 'gate', role: 'viewer', cameras: ['gate'] };
    expect(ask(locked, '/ws', bearer('b'.repeat(64))).caller).toEqual(caller);
    expect(ask(locked, '/livez', bearer('b'.repeat(64))).caller).toEqual(caller);
  });

  it.each(['/api/cameras', '/ws', '/metrics', '/%61pi/cameras', '//api/cameras', '/ws?ticket=forged'])(
    'are needed for %s',
    (path) => {
      const request = new Request(`http://localhost:8971${path}`, bearer('c'.repeat(64)));
      const entry = locked.admit(request, ADDRESS);
      const refusal = 'refusal' in entry ? entry.refusal : null;
      expect(refusal?.status).toBe(401);
      expect(refusal?.headers.get('www-authenticate')).toBe('Bearer');
    },
  );

  it('are not needed for what is public: without one nobody in particular asks, or who is on the machine', () => {
    const nobody = { name: 'anonymous', role: 'viewer', cameras: [] };
    expect(ask(locked, '/').caller).toEqual(nobody);
    expect(ask(locked, '/livez').caller).toEqual(nobody);
    const open = guardWith({ publicPaths: ['/livez'] });
    expect(ask(open, '/livez').caller).toMatchObject({ name: 'local', role: 'admin' });
  });

  it('may be replaced on the WebSocket, and nowhere else, by a ticket of the same caller', () => {
    const admission = doorkeeper.admit('b'.repeat(64));
    if (admission === null) throw new Error('no token');
    const ticket = tickets.issue(admission);
    expect(ask(locked, `/api/cameras?ticket=${ticket}`).status).toBe(401);
    expect(ask(locked, `/ws?ticket=${ticket}`).caller?.name).toBe('gate');
    expect(ask(locked, `/ws?ticket=${ticket}`).status).toBe(401);
  });

  it('are not asked of anybody where everybody is given a role', () => {
    const rules = { staysOnMachine: false, anonymous: 'viewer' } as const;
    const open = guardWith({ doorkeeper: new KeyRing(rules, [], 0) });
    expect(ask(open, '/api/cameras').caller).toEqual({ name: 'anonymous', role: 'viewer', cameras: null });
  });

  it('that were revoked are no hindrance where none is needed any more', () => {
    expect(ask(guardWith(), '/api/cameras', bearer(TOKEN)).caller?.name).toBe('local');
  });

  it('are needed beyond this machine, also while there are none', () => {
    const rules = { staysOnMachine: false, anonymous: null };
    const shut = guardWith({ doorkeeper: new KeyRing(rules, [], 0) });
    expect(ask(shut, '/api/cameras').status).toBe(401);
  });
});

describe('too many', () => {
  function limited(ratePerS = 100) {
    const clock = new SimulatedClock();
    const doorkeeper = keyRing([TOKEN, tokenOf('other', 'b'.repeat(64))]);
    return { clock, guard: guardWith({ clock, doorkeeper, ratePerS, publicPaths: ['/'] }) };
  }

  it('requests of one token are told when to come back, whatever others do', async () => {
    const { guard, clock } = limited();
    const statuses = () => Array.from({ length: 101 }, () => ask(guard, '/api', bearer(TOKEN)).status);
    expect(statuses()).toEqual([...Array<number>(100).fill(200), 429]);
    expect(ask(guard, '/api', bearer(TOKEN)).retryAfter).toBe('1');
    expect(ask(guard, '/api', bearer('b'.repeat(64))).status).toBe(200);
    expect(ask(guard, '/', bearer(TOKEN)).status).toBe(200);
    await clock.advance(10);
    expect(ask(guard, '/api', bearer(TOKEN), '10.0.0.2').status).toBe(200);
    expect(ask(guard, '/api', bearer(TOKEN)).status).toBe(429);
    expect(guard.refused.rate).toBe(3);
  });

  it('requests of one address without a token are too', () => {
    const guard = guardWith({ ratePerS: 2 });
    const from = (address: string) => ask(guard, '/api', {}, address).status;
    expect([from('10.0.0.1'), from('10.0.0.1'), from('10.0.0.1'), from('10.0.0.2')]).toEqual([
      200, 200, 429, 200,
    ]);
    // One network of IPv6 is one customer's.
    expect([from('fd00::1'), from('fd00::2'), from('fd00::3'), from('fd00:0:0:1::1')]).toEqual([
      200, 200, 429, 200,
    ]);
  });

  it('wrong tokens of one address, ten a minute, do not shut out who has the right one', async () => {
    const { guard, clock } = limited();
    const wrong = (address?: string) => ask(guard, '/api', bearer('wrong'), address);
    expect(Array.from({ length: 11 }, () => wrong().status)).toEqual([...Array<number>(10).fill(401), 429]);
    expect(wrong().retryAfter).toBe('6');
    expect(wrong('10.0.0.2').status).toBe(401);
    expect(ask(guard, '/', bearer('wrong')).status).toBe(429);
    expect(ask(guard, '/api', bearer(TOKEN)).status).toBe(200);
    expect(ask(guard, '/api').status).toBe(401);
    await clock.advance(6_000);
    expect([wrong().status, wrong().status]).toEqual([401, 429]);
    expect(guard.refused.failures).toBe(4);
  });
});
