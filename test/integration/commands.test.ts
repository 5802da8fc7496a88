import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packagePath } from '../../src/paths.js';
import { AlertReceiver, closedPort } from '../support/alert-receiver.js';
import { hasMosquitto, Mosquitto } from '../support/mosquitto.js';
import { Product, temporaryDir } from '../support/product.js';

let dir: string;
let file: string;
let receiver: AlertReceiver;
let port: number;
let product: Product | null;

beforeEach(async () => {
  dir = temporaryDir('commands');
  file = path.join(dir, 'nunchi.yaml');
  receiver = new AlertReceiver();
  port = await receiver.listen();
  product = null;
  writeFileSync(file, await configuration(), { mode: 0o600 });
});

afterEach(async () => {
  await product?.stop();
  receiver.close();
});

const configuration = async (): Promise<string> => `
data_dir: ./data
cameras: { gate: { url: "rtsp://me:CameraPassword@127.0.0.1:${await closedPort()}/" } }
vlm: { enabled: false }
agent: { enabled: false }
alerts:
  allow_targets: [127.0.0.1]
  channels:
    hook: { type: webhook, url: "http://127.0.0.1:${port}/taken", secret: ${receiver.secret} }
    wrong: { type: webhook, url: "http://127.0.0.1:${port}/broken", secret: ${receiver.secret} }
    dead: { type: webhook, url: "http://127.0.0.1:${await closedPort()}/", secret: ${receiver.secret} }
    inside: { type: ntfy, url: "http://169.254.169.254", topic: yard, enabled: false }
`;

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** Runs the command as a user would, in the folder of the configuration. */
async function nunchi(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [packagePath('dist/main.js'), ...args], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = once(child, 'exit') as Promise<[number | null]>;
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { code, out, err };
}

const configured = (...args: string[]): Promise<Ended> => nunchi('--config', file, ...args);

const failed = (pattern: RegExp) => ({ code: 1, out: '', err: expect.stringMatching(pattern) as string });

describe('nunchi alerts', () => {
  it('lists the channels, and none of their secrets', async () => {
    expect(await configured('alerts', 'list')).toEqual({
      code: 0,
      out: 'hook    webhook\nwrong   webhook\ndead    webhook\ninside  ntfy (off)\n',
      err: '',
    });
  });

  it('test sends one message that the receiver can verify', async () => {
    const { code, out, err } = await configured('alerts', 'test', 'hook');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^sent: channel hook took the test message in \d+ ms\n$/);
    expect(receiver.received).toHaveLength(1);
    expect(receiver.received[0]?.body).toMatchObject({ type: 'alert.test', data: { events: [] } });
    expect(receiver.received[0]?.body.data.message).toContain('test of the alert channel hook');
  });

  it.skipIf(!hasMosquitto)('test waits for the broker to let it in', async () => {
    const broker = new Mosquitto();
    await broker.start();
    const home = `    home: { type: mqtt, url: "mqtt://127.0.0.1:${broker.port}" }\n`;
    writeFileSync(file, (await configuration()) + home);
    const working = await configured('alerts', 'test', 'home');
    await broker.remove();
    expect(working).toMatchObject({ code: 0, err: '' });
    expect(await configured('alerts', 'test', 'home')).toEqual(
      failed(/^nunchi: broker 127\.0\.0\.1:\d+ refuses the connection; .*\n$/),
    );
  });

  it.each([
    ['wrong', /^nunchi: .*500.*\n$/],
    ['dead', /^nunchi: http:\/\/127\.0\.0\.1:\d+ refuses the connection; .*\n$/],
    ['inside', /^nunchi: 169\.254\.169\.254 .*alerts\.allow_targets\n$/],
    ['none', /^nunchi: there is no alert channel none; there are hook, wrong, dead, inside\n$/],
  ])('test of %s exits 1 and says in one line why', async (channel, why) => {
    receiver.answers.set('/broken', (reply) => reply.writeHead(500).end('in-secret'));
    const ended = await configured('alerts', 'test', channel);
    expect(ended).toEqual(failed(why));
    expect(ended.err).not.toContain('in-secret');
  });
});

describe('nunchi tokens', () => {
  it('create prints the token and nothing else, and only its hash is kept', async () => {
    const { code, out, err } = await configured(
      ...['tokens', 'create', '--name', 'porter', '--role', 'viewer', '--cameras', 'gate'],
    );
    expect([code, err]).toEqual([0, expect.stringContaining('Keep it now')]);
    expect(out).toMatch(/^nun_[\w-]{43}\n$/);
    const stored = path.join(dir, 'data', 'tokens.json');
    expect(readFileSync(stored, 'utf8')).not.toContain(out.trim());
    expect(statSync(stored).mode & 0o777).toBe(0o600);
    const again = await configured('tokens', 'create', '--name', 'porter', '--role', 'admin');
    expect(again).toEqual(failed(/^nunchi: there is a token porter already; .*\n$/));
    const listed = await configured('tokens', 'list');
    expect(listed.code).toBe(0);
    expect(listed.out).toMatch(/^NAME +ROLE +CAMERAS .*\nporter +viewer +gate .*never +never\n$/);
    expect(listed.out).not.toContain(out.trim());
  });

  it('a service that runs lets the token in, and shuts it out within a second of its end', async () => {
    product = await Product.start(['--config', file]);
    const { url } = product;
    const { out } = await configured('tokens', 'create', '--name', 'porter', '--role', 'viewer');
    const authorization = `Bearer ${out.trim()}`;
    const status = async (headers: Record<string, string>) =>
      (await fetch(`${url}/api/cameras`, { headers })).status;
    await expect.poll(() => status({ authorization }), { timeout: 2_000 }).toBe(200);
    await expect.poll(() => status({}), { timeout: 2_000 }).toBe(401);
    // Without any token everybody on the machine may come in again.
    await configured('tokens', 'create', '--name', 'owner', '--role', 'admin');
    expect(await configured('tokens', 'revoke', 'porter')).toEqual({
      code: 0,
      out: 'revoked porter\n',
      err: '',
    });
    await expect.poll(() => status({ authorization }), { timeout: 1_500 }).toBe(401);
  });

  it('revoke of what is not there exits 1', async () => {
    expect(await configured('tokens', 'revoke', 'porter')).toEqual(
      failed(/^nunchi: there is no token porter; there are none\n$/),
    );
    expect((await configured('tokens', 'list')).out).toContain('there are no tokens');
    await configured('tokens', 'create', '--name', 'porter', '--role', 'viewer');
    const { err } = await configured('tokens', 'revoke', 'porter');
    expect(err).toBe('No token is left: on 127.0.0.1 everybody may do everything again.\n');
  });

  it('create without a name or with an unknown role exits 1 and shows how it is used', async () => {
    for (const args of [
      ['--role', 'viewer'],
      ['--name', 'a', '--role', 'boss'],
    ])
      expect(await configured('tokens', 'create', ...args)).toEqual(
        failed(/^error: .*[^]*Usage: nunchi tokens/),
      );
  });
});

describe('nunchi bench', () => {
  it('is the benchmark, with its own options and errors', async () => {
    const help = await configured('bench', '--help');
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(help.out).toContain('--vlm-load');
    expect(await configured('bench', '--max', '99')).toEqual(failed(/--max <n>.*'99'.*1 to 32/));
  });

  it('counts what the configuration says unless its options say otherwise', async () => {
    const five = ['bench', '--profile', '360p3'];
    expect(await configured(...five)).toEqual(failed(/--vad-fps 5 is more than the 3 that 360p3 streams/));
  });
});

describe('nunchi check-config', () => {
  it('says ok, and what the file sets up', async () => {
    expect(await nunchi('check-config', file)).toEqual({
      code: 0,
      out: `ok\nfile: ${file}\ncameras: gate\nalert channels: hook, wrong, dead, inside\n`,
      err: '',
    });
  });

  it('exits 1 with line, setting and value of what is wrong, as the start itself does', async () => {
    writeFileSync(file, 'cameras:\n  gate: { url: "rtsp://u:CameraPassword@h/" }\nalerts:\n  dedup_s: -3\n');
    const wrong = failed(/^nunchi: .*nunchi\.yaml:4: alerts\.dedup_s: .*\(given: -3\)\n$/);
    expect(await nunchi('check-config', file)).toEqual(wrong);
    const started = await configured();
    expect(started).toEqual(wrong);
    expect(started.err).not.toContain('CameraPassword');
  });

  it('exits 1 for a file that is not there, and for one that is no YAML', async () => {
    expect(await nunchi('check-config', path.join(dir, 'none.yaml'))).toEqual(
      failed(/^nunchi: cannot read the configuration .*none\.yaml; .*\n$/),
    );
    writeFileSync(file, 'cameras: { gate\n');
    expect(await nunchi('check-config', file)).toEqual(failed(/^nunchi: .*nunchi\.yaml:\d+/));
  });
});
