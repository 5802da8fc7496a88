import { isIP, type Socket } from 'node:net';
import { createTransport, type SendMailOptions } from 'nodemailer';
import type { AlertMessage, Channel } from '../alerting/channel.js';
import type { EmailConfig } from '../alerting/channel-config.js';
import type { Clock } from '../clock.js';
import { AppError } from '../errors.js';
import { MS_PER_S } from '../units.js';
import { authorityIn } from './authority.js';
import { SNAPSHOT_CID, emailHtml } from './email-html.js';
import { failureOf } from './failure.js';
import { messageText } from './message-text.js';
import { snapshotOf } from './snapshot.js';
import { connectTo, type Targets } from './targets.js';

const usualPorts = { starttls: 587, tls: 465, none: 25 } as const;

/** Hands each message to a mail server, over a connection of its own. */
export function emailChannel(config: EmailConfig, targets: Targets, clock: Clock): Channel {
  const port = config.port ?? usualPorts[config.security];
  const place = `mail server ${config.host}:${port}`;

  return {
    async send(message, signal) {
      const deadline = new AbortController();
      const cancel = clock.after(config.timeout_s * MS_PER_S, () => {
        deadline.abort();
      });
      try {
        const mail = await mailOf(message, config, clock);
        await submit(mail, AbortSignal.any([signal, deadline.signal]));
      } catch (thrown) {
        throw deadline.signal.aborted
          ? new AppError('alert.delivery_failed', `${place} did not take it within ${config.timeout_s} s`)
          : failureOf(thrown, place);
      } finally {
        cancel();
      }
    },
    close: () => Promise.resolve(),
  };

  async function submit(mail: SendMailOptions, signal: AbortSignal): Promise<void> {
    const ca = authorityIn(config.ca_file);
    const transport = createTransport({
      host: config.host,
      port,
      secure: config.security === 'tls',
      requireTLS: config.security === 'starttls',
      ignoreTLS: config.security === 'none',
      tls: {
        ...(ca === undefined ? {} : { ca }),
        ...(isIP(config.host) === 0 ? { servername: config.host } : {}),
      },
      ...(config.username === undefined ? {} : { auth: { user: config.username, pass: config.password } }),
      disableFileAccess: true,
      disableUrlAccess: true,
      getSocket: (_options, done) => {
        const tls = config.security === 'tls' ? { ca } : undefined;
        const connection = connectTo(targets, { host: config.host, port, ...(tls && { tls }) });
        whenOpen(connection, tls === undefined ? 'connect' : 'secureConnect', signal, (error) => {
          done(error, { connection, secured: tls !== undefined });
        });
      },
    });
    await transport.sendMail({ ...mail, signal });
  }
}

/** Calls `done` once: when the connection is open, or with the reason why it never will be. */
function whenOpen(
  socket: Socket,
  opened: 'connect' | 'secureConnect',
  signal: AbortSignal,
  done: (error: Error | null) => void,
): void {
  const stop = (): void => {
    socket.destroy();
  };
  const finish = (error: Error | null): void => {
    socket.off(opened, open).off('error', finish);
    done(error);
  };
  const open = (): void => {
    finish(null);
  };
  socket.once(opened, open).once('error', finish);
  signal.addEventListener('abort', stop, { once: true });
  socket.once('close', () => {
    signal.removeEventListener('abort', stop);
  });
}

async function mailOf(message: AlertMessage, config: EmailConfig, clock: Clock): Promise<SendMailOptions> {
  const text = messageText(message, config.link);
  const jpeg = config.send_snapshot ? await snapshotOf(message, clock) : null;
  const link = text.link === null ? [] : ['', text.link];
  return {
    from: { name: 'Nunchi', address: config.from },
    to: config.to,
    subject: text.title,
    text: [...text.lines, ...link].join('\n'),
    html: emailHtml(text, jpeg !== null),
    messageId: `<${message.id.replace(/[^\w.-]/g, '')}@${config.from.split('@').at(-1) ?? 'nunchi'}>`,
    date: new Date(message.alert.time * MS_PER_S),
    // Neither holiday notes nor other machines answer it (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    attachments:
      jpeg === null
        ? []
        : [
            {
              filename: 'snapshot.jpg',
              content: Buffer.from(jpeg),
              contentType: 'image/jpeg',
              contentDisposition: 'inline',
              cid: SNAPSHOT_CID,
            },
          ],
  };
}
