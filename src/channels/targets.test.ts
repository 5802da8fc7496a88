import type { LookupAddress } from 'node:dns';
import { describe, expect, it } from 'vitest';
import { targetsOf, type Targets } from './targets.js';

const inside = [
  '127.0.0.1',
  '10.1.2.3',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '[::1]',
  'fe80::1',
  'fe80::1%eth0',
  'fd00:ec2::254',
  'ff02::1',
  '::ffff:127.0.0.1',
  '::ffff:a9fe:a9fe',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
];

const addressesOf = (addresses: LookupAddress[], allow: string[] = []): Promise<readonly LookupAddress[]> =>
  lookUp(
    targetsOf(allow, (_host, _options, done) => {
      done(null, addresses);
    }),
  );

function lookUp({ lookup }: Targets): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookup('hooks.example', { all: true }, (error, found) => {
      if (error === null) resolve(found as LookupAddress[]);
      else reject(error);
    });
  });
}

describe('targets', () => {
  it.each(inside)('refuse %s, which is not public', (address) => {
    expect(() => {
      targetsOf([]).check(address);
    }).toThrow(/add it to alerts\.allow_targets/);
  });

  it.each(['8.8.8.8', '2606:4700::1111', '::ffff:8.8.8.8'])('let %s through', (address) => {
    expect(() => {
      targetsOf([]).check(address);
    }).not.toThrow();
  });

  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::ffff:127.0.0.1', '127.0.0.1'],
    ['192.168.7.9', '192.168.0.0/16'],
    ['fd00::9', 'fd00::/8'],
  ])('let %s through when %s is allowed', (address, allowed) => {
    expect(() => {
      targetsOf([allowed]).check(address);
    }).not.toThrow();
  });

  it('refuse a neighbour of what is allowed', () => {
    expect(() => {
      targetsOf(['192.168.1.0/24']).check('192.168.2.1');
    }).toThrow();
  });

  it('keep of the addresses of a name only those that are public', async () => {
    const found = await addressesOf([
      { address: '127.0.0.1', family: 4 },
      { address: '8.8.8.8', family: 4 },
    ]);
    expect(found).toEqual([{ address: '8.8.8.8', family: 4 }]);
  });

  it('refuse a name behind which nothing is public, and say what lies there', async () => {
    await expect(addressesOf([{ address: '169.254.169.254', family: 4 }])).rejects.toThrow(
      /hooks\.example, which is 169\.254\.169\.254/,
    );
  });

  it('let an allowed name lead anywhere', async () => {
    const loopback = [{ address: '127.0.0.1', family: 4 }];
    expect(await addressesOf(loopback, ['HOOKS.example'])).toEqual(loopback);
  });
});
