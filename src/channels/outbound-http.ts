import { Agent, buildConnector, type Dispatcher } from 'undici';
import type { Clock } from '../clock.js';
import { AppError } from '../errors.js';
import { MS_PER_S } from '../units.js';
import { failureOf } from './failure.js';
import { retryAfterS } from './retry-after.js';
import type { Targets } from './targets.js';

export interface OutboundRequest {
  method: 'POST' | 'PUT';
  url: URL;
  headers: Readonly<Record<string, string>>;
  body: string | Uint8Array;
}

/** The way out for messages: one connection at a time to targets that are allowed, and no trust in what answers. */
export interface OutboundHttp {
  /**
   * Resolves when the receiver answered 2xx. Throws `alert.delivery_failed` or, for 410, `alert.channel_gone`. A
   * redirect is told and not followed; 64 KiB of an answer are read at most, and nothing of it is shown.
   */
  deliver(request: OutboundRequest, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface OutboundHttpOptions {
  targets: Targets;
  clock: Clock;
  /** For the whole of an attempt. */
  timeoutS: number;
}

const MAX_REPLY_BYTES = 64 * 1_024;

export function outboundHttp({ targets, clock, timeoutS }: OutboundHttpOptions): OutboundHttp {
  const timeoutMs = timeoutS * MS_PER_S;
  const agent = agentFor(targets, timeoutMs);

  return {
    async deliver({ url, method, headers, body }, signal) {
      // Never the path or the user: either may be a secret.
      const place = url.origin;
      const deadline = new AbortController();
      const cancel = clock.after(timeoutMs, () => {
        deadline.abort();
      });
      const until = AbortSignal.any([signal, deadline.signal]);
      try {
        const reply = await agent.request({
          origin: url.origin,
          path: url.pathname + url.search,
          method,
          headers: { 'user-agent': 'Nunchi', ...authorization(url), ...headers },
          body,
          signal: until,
        });
        judge(reply, place, clock);
        await leaveRest(reply, until);
      } catch (thrown) {
        throw deadline.signal.aborted
          ? failed(`${place} did not answer within ${timeoutS} s`)
          : failureOf(thrown, place);
      } finally {
        cancel();
      }
    },
    close: () => agent.destroy(),
  };
}

function agentFor(targets: Targets, timeoutMs: number): Agent {
  const connector = buildConnector({ timeout: timeoutMs, lookup: targets.lookup });
  return new Agent({
    connections: 1,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: (options, done) => {
      try {
        targets.check(options.hostname);
      } catch (refusal) {
        done(refusal as Error, null);
        return;
      }
      connector(options, done);
    },
  });
}

/** A user in the URL is sent as a header, which is where it belongs. */
function authorization({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/** Throws unless the receiver took it; what else it says is then let go of. */
function judge(
  { statusCode: status, headers, body }: Dispatcher.ResponseData,
  place: string,
  clock: Clock,
): void {
  if (status >= 200 && status < 300) return;
  body.on('error', () => undefined).destroy();
  if (status === 410)
    throw new AppError('alert.channel_gone', `${place} answers 410: nobody is there any more`, { status });
  if (status >= 300 && status < 400)
    throw failed(`${place} answers ${status}, a redirect, which is not followed; set url to where it leads`, {
      status,
    });
  const wait = retryAfterS(headers['retry-after'], clock.wallTime());
  throw failed(`${place} answers ${status}`, wait === null ? { status } : { status, retry_after_s: wait });
}

/** The connection can be used again once the answer is read; one that does not end costs the connection. */
async function leaveRest({ body }: Dispatcher.ResponseData, signal: AbortSignal): Promise<void> {
  try {
    await body.dump({ limit: MAX_REPLY_BYTES, signal });
  } catch {
    // It was taken, and that was all there was to know.
  }
}

function failed(message: string, data: AppError['data'] = {}): AppError {
  return new AppError('alert.delivery_failed', message, data);
}
