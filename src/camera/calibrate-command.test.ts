import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { calibrationState } from '../../test/support/calibration.js';
import { runCalibrate, type CalibrateSettings } from './calibrate-command.js';
import type { CalibrationState } from '../calibration-state.js';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

type Reply = { status?: number; body: unknown };

const learning = (seconds: number, fitting = false): Reply => ({
  body: calibrationState('gate', {
    learning: { seconds, fit_at_s: 60, requested: true, fitting },
    current: null,
    versions: [],
  }),
});

/** The same of a camera that was calibrated on request before. */
const relearning = (seconds: number): Reply => ({
  body: calibrationState('gate', {
    learning: { seconds, fit_at_s: 60, requested: true, fitting: false },
  }),
});
const done = (fields: Partial<CalibrationState> = {}): Reply => ({ body: calibrationState('gate', fields) });

/** Runs the command against a service that gives these replies, one after the other. */
async function run(
  replies: Reply[],
  { isTTY = false, ...settings }: Partial<CalibrateSettings & { isTTY: boolean }> = {},
) {
  const asked: string[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      asked.push(`${request.method ?? ''} ${request.url ?? ''} ${body}`.trim());
      if (request.headers.authorization !== undefined) asked.push(request.headers.authorization);
      const reply = replies.shift() ?? { status: 500, body: {} };
      response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', connection: 'close' });
      response.end(JSON.stringify(reply.body));
    });
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  const written = { status: '', result: '' };
  const streamTo = (name: keyof typeof written) => {
    const stream = new PassThrough();
    stream.on('data', (chunk: Buffer) => (written[name] += chunk.toString()));
    return Object.assign(stream, {
      isTTY,
      cursorTo: () => stream.write('\r'),
      clearLine: () => true,
    }) as unknown as NodeJS.WriteStream;
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const waits: number[] = [];
  const ran = runCalibrate(
    { camera: 'gate', minutes: 1, url, token: null, ...settings },
    {
      status: streamTo('status'),
      result: streamTo('result'),
      wait: (ms) => Promise.resolve(waits.push(ms)),
    },
  );
  const error = await ran.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return { asked, written, waits, error };
}

describe('nunchi calibrate', () => {
  it('asks the service, follows its progress and ends with the result', async () => {
    const { asked, written, waits, error } = await run([learning(0), learning(33), learning(34), done()]);
    expect(error).toBeNull();
    expect(asked).toEqual([
      'POST /api/cameras/gate/calibrate {"minutes":1}',
      ...Array.from({ length: 3 }, () => 'GET /api/cameras/gate/calibration'),
    ]);
    expect(waits).toEqual([1_000, 1_000, 1_000]);
    expect(written.status).toBe('0:00 of 1:00 learned\n0:33 of 1:00 learned\n');
    expect(written.result).toContain('camera gate is calibrated: version 2, good\n');
    expect(written.result).toMatch(/threshold +2\.81, with 80% confidence 2\.71 to 2\.91/);
    expect(written.result).toMatch(/false alarms +1 a day, with 80% confidence 0\.61 to 1\.6/);
  });

  it('draws a bar on a terminal, and takes it off again', async () => {
    const { written } = await run([learning(30), learning(60, true), done()], { isTTY: true });
    const lines = written.status.split('\r');
    expect(lines).toContain(`[${'#'.repeat(15)}${'.'.repeat(15)}] 0:30 of 1:00 learned`);
    expect(lines).toContain(`[${'#'.repeat(30)}] fitting`);
    expect(lines.at(-1)).toBe('');
  });

  it('finds its own result also when feedback has changed it at once', async () => {
    const { versions } = calibrationState('gate');
    const amended = versions.map((version) => ({ ...version, version: 3, reason: 'feedback' as const }));
    const { error, written } = await run([learning(1), done({ versions: [...amended, ...versions] })]);
    expect(error).toBeNull();
    expect(written.result).toContain('version 2');
  });

  it('shows the token, and asks for a camera of any name', async () => {
    const { asked } = await run([learning(1), done()], { camera: 'a/b', token: 'secret' });
    expect(asked).toEqual([
      'POST /api/cameras/a%2Fb/calibrate {"minutes":1}',
      'Bearer secret',
      'GET /api/cameras/a%2Fb/calibration',
      'Bearer secret',
    ]);
  });

  it.each([
    [
      'the camera is unknown',
      [{ status: 404, body: { detail: 'there is no camera gate' } }],
      'there is no camera gate',
    ],
    ['the service says nothing for people', [{ status: 502, body: 'rubbish' }], 'answers 502'],
    ['something else answers there', [{ body: { hello: 1 } }], 'is no Nunchi'],
    [
      'the fit failed',
      [learning(1), done({ versions: [], last_failure: { code: 'x', message: 'out of memory' } })],
      'out of memory',
    ],
    ['somebody reverted meanwhile', [relearning(1), done()], 'gave the calibration up'],
  ])('fails clearly when %s', async (_what, replies, message) => {
    const { error, written } = await run(replies);
    expect(error).toMatchObject({
      code: 'service.failed',
      message: expect.stringContaining(message) as string,
    });
    expect(written.result).toBe('');
  });

  it('fails clearly when nothing answers', async () => {
    const { error } = await run([], { url: 'http://127.0.0.1:65535' });
    expect(error).toMatchObject({
      message: 'no service answers at http://127.0.0.1:65535; start it, or give --url',
    });
  });
});
