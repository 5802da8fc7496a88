import { describe, expect, it } from 'vitest';
import { OwnHosts, type OwnHostsOptions } from './own-hosts.js';

function hosts(given: Partial<OwnHostsOptions> = {}): OwnHosts {
  return new OwnHosts({ host: '127.0.0.1', port: 8971, allowedHosts: [], ...given });
}

/** As the URL of a request has it. */
const authorityOf = (host: string): string => new URL(`http://${host}`).host;

describe('Host', () => {
  it.each(['localhost:8971', '127.0.0.1:8971', '[::1]:8971', 'LOCALHOST:8971'])('%s is ours', (host) => {
    expect(hosts().serves(authorityOf(host))).toBe(true);
  });

  it.each([
    'rebound.example:8971',
    'localhost:8972',
    'localhost',
    'localhost.evil.example:8971',
    '10.0.0.9:8971',
  ])('%s is not', (host) => {
    expect(hosts().serves(authorityOf(host))).toBe(false);
  });

  it('may be the configured one, and has no port where that is 80', () => {
    expect(hosts({ host: 'Nunchi.lan' }).serves('nunchi.lan:8971')).toBe(true);
    expect(hosts({ host: 'fd00::5' }).serves('[fd00::5]:8971')).toBe(true);
    expect(hosts({ port: 80 }).serves('localhost')).toBe(true);
  });

  it('may be any address, but no name, when every address listens', () => {
    const everywhere = hosts({ host: '0.0.0.0' });
    expect(everywhere.serves('10.0.0.9:8971')).toBe(true);
    expect(everywhere.serves('10.0.0.9:9999')).toBe(false);
    expect(everywhere.serves('rebound.example:8971')).toBe(false);
  });

  it('may be a name that a reverse proxy is reached by, exactly as it is allowed', () => {
    const proxied = hosts({ allowedHosts: ['cams.example', 'cams.example:8443'] });
    expect(
      ['cams.example', 'cams.example:8443', 'localhost:8971'].every((host) => proxied.serves(host)),
    ).toBe(true);
    expect(['cams.example:1', 'x.cams.example', 'example'].some((host) => proxied.serves(host))).toBe(false);
  });
});

describe('Origin', () => {
  it.each([
    'http://evil.example',
    'null',
    '',
    'https://localhost:8971',
    'http://localhost:1',
    'http://localhost:8971/x',
    'http://localhost:8971@evil.example',
    'ftp://localhost:8971',
  ])('%s is foreign', (origin) => {
    expect(hosts().owns(origin)).toBe(false);
  });

  it('is ours where we listen, or where the proxy does, which may speak HTTPS', () => {
    const proxied = hosts({ allowedHosts: ['cams.example'] });
    expect(proxied.owns('http://127.0.0.1:8971')).toBe(true);
    expect(proxied.owns('https://cams.example')).toBe(true);
    expect(proxied.owns('http://cams.example')).toBe(true);
    expect(proxied.owns('https://cams.example:8443')).toBe(false);
    expect(proxied.owns('https://evil-cams.example')).toBe(false);
  });
});
