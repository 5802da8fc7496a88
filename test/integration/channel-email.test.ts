import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { channelSchema } from '../../src/alerting/channel-config.js';
import { openChannel } from '../../src/channels/open-channel.js';
import { systemClock } from '../../src/clock.js';
import type { AlertMessage } from '../../src/alerting/channel.js';
import { alertMessage, hostile, jpeg } from '../support/alert-message.js';
import { localCertificate } from '../support/certificate.js';

const folder = mkdtempSync(path.join(tmpdir(), 'nunchi-mail-'));
const { certFile, cert, key } = localCertificate(folder);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Mail {
  to: string[];
  secure: boolean;
  user: string | undefined;
  text: string;
}

let server: SMTPServer | undefined;
afterEach(async () => {
  await new Promise<void>((resolve) => {
    if (server === undefined) resolve();
    else server.close(resolve);
  });
  server = undefined;
});

async function mailServer(options: SMTPServerOptions): Promise<{ port: number; mails: Mail[] }> {
  const mails: Mail[] = [];
  const own = new SMTPServer({
    cert,
    key,
    authOptional: true,
    closeTimeout: 100,
    onAuth: ({ username, password }, _session, done) => {
      if (password === 'right') done(null, { user: username });
      else done(new Error('no'));
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          secure: session.secure,
          user: session.user as string | undefined,
          text: Buffer.concat(chunks).toString(),
        });
        done();
      });
    },
    ...options,
  });
  own.on('error', () => undefined);
  server = own;
  await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve));
  return { port: (own.server.address() as AddressInfo).port, mails };
}

async function send(
  settings: Record<string, unknown>,
  message: AlertMessage = alertMessage(),
): Promise<void> {
  const config = channelSchema.parse({
    type: 'email',
    host: 'localhost',
    from: 'nunchi@example.com',
    to: ['guard@example.com'],
    timeout_s: 5,
    ...settings,
  });
  const channel = openChannel(config, {
    allowTargets: ['localhost'],
    clock: systemClock,
    random: Math.random,
  });
  await channel.send(message, new AbortController().signal);
  await channel.close();
}

const login = { username: 'nunchi', password: 'right' };

describe('an e-mail', () => {
  it('is handed over on an encrypted connection, with its words and its picture', async () => {
    const { port, mails } = await mailServer({});
    await send({ port, ca_file: certFile, ...login });
    const [mail] = mails as [Mail];
    expect(mail).toMatchObject({ to: ['guard@example.com'], secure: true, user: 'nunchi' });
    expect(mail.text).toMatch(/^Subject: High: person, Front door\r$/m);
    expect(mail.text).toMatch(/^Message-ID: <message-1@example\.com>\r$/m);
    expect(mail.text).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(mail.text).toContain('Somebody climbs over the fence.');
    expect(mail.text).toContain(Buffer.from(jpeg).toString('base64'));
  });

  it('also goes to a server that speaks TLS from the start', async () => {
    const { port, mails } = await mailServer({ secure: true });
    await send({ port, security: 'tls', ca_file: certFile, ...login });
    expect(mails).toMatchObject([{ secure: true, user: 'nunchi' }]);
  });

  it('is not sent openly when the server lacks starttls', async () => {
    const { port, mails } = await mailServer({ disabledCommands: ['STARTTLS'] });
    await expect(send({ port, ca_file: certFile, ...login })).rejects.toThrow(/no encryption that works/);
    expect(mails).toEqual([]);
  });

  it.each(['starttls', 'tls'])(
    'is not sent to a certificate that nobody vouches for (%s)',
    async (security) => {
      const { port, mails } = await mailServer({ secure: security === 'tls' });
      await expect(send({ port, security, ...login })).rejects.toThrow(
        /signed itself|name the authority in ca_file/,
      );
      expect(mails).toEqual([]);
    },
  );

  it('says that the password is wrong, and not which', async () => {
    const { port } = await mailServer({});
    const sent = send({ port, ca_file: certFile, username: 'nunchi', password: 'wrong-one' });
    await expect(sent).rejects.toThrow(/does not accept the user or the password/);
    await expect(sent).rejects.not.toThrow(/wrong-one/);
  });

  it('has no header and no markup of what cameras and models say', async () => {
    const { port, mails } = await mailServer({});
    await send({ port, ca_file: certFile }, alertMessage(hostile));
    const [{ to, text }] = mails as [Mail];
    expect(to).toEqual(['guard@example.com']);
    expect(text).not.toMatch(/^(Bcc|X-Evil):/im);
    const html = text.slice(text.indexOf('<!doctype html>'));
    expect(html).not.toMatch(/<script|<img src=(3D)?x/);
    expect(html).toContain('&lt;script&gt;');
  });

  it('is not sent inside unless that is allowed', async () => {
    const { port, mails } = await mailServer({});
    await expect(send({ port, host: '127.0.0.1' })).rejects.toThrow(/alerts\.allow_targets/);
    expect(mails).toEqual([]);
  });
});
